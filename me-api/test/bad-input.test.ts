import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import { statusOfCode } from '../src/contract/index.ts'
import { api } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const events = [
  'room:enter',
  'room:leave',
  'message:send',
  'message:edit',
  'message:delete',
  'message:restore',
  'message:react',
  'nick:set',
  'typing:set',
]
const codes = Object.keys(statusOfCode).filter((code) => code !== 'INTERNAL')

/** Values near what the events take, and far from it. */
const nonsense = fc.oneof(
  { weight: 1, arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: false }).filter(isJson) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        room: fc.oneof(fc.constantFrom('lobby', 'attic', '', '__proto__'), fc.string()),
        id: fc.oneof(fc.uuid(), fc.string()),
        text: fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constant('\ud800'),
          fc.constant('x'.repeat(5_000)),
          fc.integer(),
        ),
        after: fc.oneof(fc.integer(), fc.double(), fc.constant(null)),
        nick: fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constant(null)),
        emoji: fc.oneof(fc.constantFrom('👍', '__proto__', 'constructor'), fc.string()),
        on: fc.oneof(fc.boolean(), fc.string()),
        replyTo: fc.oneof(fc.uuid(), fc.constant(null)),
        __proto__: fc.constant({ polluted: true }),
      },
      { requiredKeys: [] },
    ),
  },
)

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

async function openHouse(): Promise<TestApp> {
  const off = { LIMIT_MESSAGES: 'off', LIMIT_CONNECTIONS: 'off', LIMIT_JOINS: 'off' }
  return startApp({ settings: off })
}

test('the server answers any event data with a known code and keeps running', async () => {
  const app = await openHouse()
  const ada = await visitor(app, 'ada')
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...events), nonsense, async (event, data) => {
      const answer = await ada.emit(event, data)
      if (!answer.ok) {
        expect(codes).toContain(answer.error.code)
        expect(answer.error.code).not.toBe('UNAVAILABLE')
      }
    }),
    { numRuns: 1_000 },
  )
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  expect(await ada.send('still here')).toMatchObject({ text: 'still here' })
})

test('the server accepts or refuses any handshake data with a known code', async () => {
  const app = await openHouse()
  await fc.assert(
    fc.asyncProperty(
      fc.record(
        {
          nick: fc.anything().filter(isJson),
          token: fc.anything().filter(isJson),
          tab: fc.anything().filter(isJson),
        },
        { requiredKeys: [] },
      ),
      async (auth) => {
        const one = await connect(app, { auth: auth as object }).catch(
          (error: Error & { data?: { code: string } }) => error,
        )
        if (one instanceof Error) expect(codes).toContain(one.data?.code)
        else one.socket.disconnect()
      },
    ),
    { numRuns: 150 },
  )
})

describe('careless and hostile clients', () => {
  test('events without an acknowledgement or with wrong arguments leave the server running', async () => {
    const app = await openHouse()
    const ada = await visitor(app, 'ada')
    const socket = ada.socket as unknown as { emit: (event: string, ...data: unknown[]) => void }
    for (const event of [...events, 'unknown', '', 'disconnecting']) {
      for (const data of [[], [null], [[]], [undefined, 'not a function'], [{}, {}, {}]]) {
        // Socket.IO's client itself refuses its own reserved names.
        if (event !== 'disconnecting') socket.emit(event, ...data)
      }
    }
    expect(await ada.send('still here')).toMatchObject({ text: 'still here' })
  })

  test('a client that enters hundreds of unknown rooms gets NOT_FOUND and joins none', async () => {
    const app = await openHouse()
    const ada = await visitor(app, 'ada')
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, n) => ada.emit('room:enter', { room: `room-${n}`, after: null })),
    )
    expect(new Set(answers.map((answer) => !answer.ok && answer.error.code))).toEqual(new Set(['NOT_FOUND']))
    // Socket.IO's own room of the one connection, and that of all who were welcomed.
    expect(app.app.io.of('/chat').adapter.rooms.size).toBe(2)
  })

  test('a client that sends a frame over 64 KiB is disconnected', async () => {
    const app = await openHouse()
    const ada = await visitor(app, 'ada')
    const gone = ada.disconnected()
    ada.socket.emit(
      'message:send',
      { room: 'lobby', id: randomUUID(), text: 'x'.repeat(1_000_000) },
      () => {},
    )
    await gone
    await connect(app)
  })

  test('a client that sends binary data gets INVALID', async () => {
    const app = await openHouse()
    const ada = await visitor(app, 'ada')
    expect(await ada.emit('message:send', Buffer.from('hej'))).toMatchObject({ error: { code: 'INVALID' } })
    expect(await ada.emit('nick:set', { nick: Buffer.from('hej') })).toMatchObject({
      error: { code: 'INVALID' },
    })
  })

  test('a client that sends malformed frames leaves the server running', async () => {
    const app = await openHouse()
    for (const frames of [
      ['garbage'],
      ['40/chat,', '42/chat,["message:send"'],
      ['4', '42'],
      ['40/chat,{"nick":'],
    ]) {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
      await new Promise((resolve) => socket.once('open', resolve))
      for (const frame of frames) socket.send(frame)
      socket.send(Buffer.from([0, 1, 2, 255]))
      const closed = new Promise((resolve) => socket.once('close', resolve))
      const timer = setTimeout(() => socket.close(), 500)
      await closed
      clearTimeout(timer)
    }
    await connect(app)
  })

  test('a client that joins too often is refused with retryAfter', async () => {
    const app = await startApp({ settings: { LIMIT_JOINS: '5/10m', LIMIT_CONNECTIONS: 'off' } })
    const attempts = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        refusedConnection(app, { auth: { nick: `flood ${n}` } }).catch(() => ({
          code: 'let in',
          retryAfter: 1,
        })),
      ),
    )
    expect(attempts.filter(({ code }) => code === 'let in')).toHaveLength(5)
    for (const { retryAfter } of attempts) expect(retryAfter).toBeGreaterThan(0)
  })
})

test('every REST route answers any input with a status below 500', async () => {
  const app = await openHouse()
  const { body } = await api(app).get('/api/openapi.json').expect(200)
  const paths = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      path,
      method: method as 'get' | 'post' | 'put' | 'patch' | 'delete',
    })),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('lobby', '1', '%00', '..')),
      fc.string({ unit: 'binary' }),
      nonsense,
      async ({ path, method }, parameter, query, input) => {
        const address = path.replaceAll(/\{\w+\}/g, encodeURIComponent(parameter.toWellFormed()) || 'x')
        const request = api(app)
          [method](address)
          .query({ after: query.toWellFormed(), q: query.toWellFormed() })
        const sending = method === 'get' ? request : request.type('json').send(JSON.stringify(input))
        const answer = await sending
        expect(answer.status).toBeLessThan(500)
      },
    ),
    { numRuns: 500 },
  )
  await eventually(() => api(app).get('/readyz').expect(200))
})
