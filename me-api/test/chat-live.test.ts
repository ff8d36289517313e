import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { TypingChange } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { startProxy } from './support/proxy.ts'
import { api } from './support/rest.ts'
import { databaseOf, isPostgres } from './support/database.ts'
import { type TestApp, startApp, temporaryFolder } from './support/start-app.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

describe('typing', () => {
  const heardBy = (one: Visitor): TypingChange[] => {
    const heard: TypingChange[] = []
    one.socket.on('typing:changed', (change) => heard.push(change))
    return heard
  }

  test('is told to the room, and forgotten after five seconds', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const heard = heardBy(bo)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    clock.advance(0)
    await eventually(() => expect(heard).toEqual([{ room: 'lobby', nicks: ['ada'] }]))
    clock.advance(4_900)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    clock.advance(4_900)
    expect(heard).toHaveLength(1)
    clock.advance(1_000)
    await eventually(() => expect(heard.at(-1)).toEqual({ room: 'lobby', nicks: [] }))
  })

  test('ends with the message that was typed', async () => {
    const app = await startApp()
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const heard = heardBy(bo)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    await eventually(() => expect(heard).toHaveLength(1))
    await ada.send('hej')
    await eventually(() => expect(heard.at(-1)).toEqual({ room: 'lobby', nicks: [] }))
  })

  test('ends with the one who typed', async () => {
    const app = await startApp()
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const heard = heardBy(bo)
    await ada.ask('typing:set', { room: 'lobby', on: true })
    await eventually(() => expect(heard).toHaveLength(1))
    ada.socket.disconnect()
    await eventually(() => expect(heard.at(-1)).toEqual({ room: 'lobby', nicks: [] }))
  })

  test('needs a nick and a room', async () => {
    const app = await startApp()
    const reader = await connect(app)
    const ada = await visitor(app, 'ada')
    expect(await reader.emit('typing:set', { room: 'lobby', on: true })).toMatchObject({
      error: { code: 'NICK_REQUIRED' },
    })
    expect(await ada.emit('typing:set', { room: 'attic', on: true })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    expect(await ada.emit('typing:set', { room: 'lobby' })).toMatchObject({ error: { code: 'INVALID' } })
  })
})

describe('a long poll', () => {
  const poll = (app: TestApp, query: string, etag?: string) => {
    const request = api(app).get(`/api/chat/rooms/lobby/changes?${query}`)
    return etag ? request.set('if-none-match', etag) : request
  }

  test('is answered by the next message', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const asked = once(app.app.server, 'request')
    const waiting = poll(app, 'after=0&wait=30').then(({ body }) => body.data)
    await asked
    const sent = await ada.send('hej')
    expect(await waiting).toEqual({ room: 'lobby', from: 0, to: 1, messages: [sent] })
  })

  test('that has something to tell does not wait', async () => {
    const app = await startApp()
    const sent = await (await visitor(app, 'ada')).send('hej')
    const { body } = await poll(app, 'after=0&wait=30').expect(200)
    expect(body.data.messages).toEqual([sent])
  })

  test('without news ends empty, or as 304 for who names the ETag', async () => {
    const app = await startApp()
    const { body, headers } = await poll(app, 'after=0&wait=1').expect(200)
    expect(body.data).toEqual({ room: 'lobby', from: 0, to: 0, messages: [] })
    const again = await poll(app, 'after=0&wait=1', headers['etag']).expect(304)
    expect(again.headers['etag']).toBe(headers['etag'])
    await poll(app, 'after=0', headers['etag']).expect(304)
  })

  test('waits with a matching ETag though there are messages, and tells of an edit', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send('hej')
    const { headers } = await poll(app, '').expect(200)
    await poll(app, 'wait=1', headers['etag']).expect(304)
    const waiting = poll(app, 'wait=30', headers['etag']).then(({ body }) => body.data)
    await ada.ask('message:edit', { id, text: 'hej hej' })
    expect(await waiting).toMatchObject({ to: 2, messages: [{ text: 'hej hej' }] })
  })

  test.each(['wait=31', 'wait=-1', 'wait=x'])('?%s is refused', async (query) => {
    const app = await startApp()
    await poll(app, query).expect(400)
  })
})

describe('a network that vanishes without a word', () => {
  test('the same tab comes back at once, as the same person, and catches up', async () => {
    const app = await startApp()
    const proxy = await startProxy(() => app.url)
    const ada = await connect(proxy, { auth: { nick: 'ada', tab: 'tab 1' } })
    await ada.enter()
    const bo = await visitor(app, 'bo')
    proxy.freeze()
    const sent = await bo.send('into the void')
    const back = await connect(proxy, { auth: { nick: 'ada', tab: 'tab 1' } })
    expect(back.welcome).toMatchObject({ self: ada.welcome.self, total: 2 })
    expect((await back.enter(0)).messages).toEqual([sent])
    expect(ada.seen()).toEqual([])
    await eventually(() => expect(app.app.io.of('/chat').sockets.size).toBe(2))
  })

  test('is out of presence within thirty seconds', async () => {
    const app = await startApp()
    const proxy = await startProxy(() => app.url)
    await visitor(proxy, 'ada')
    const bo = await visitor(app, 'bo')
    const began = performance.now()
    proxy.freeze()
    await eventually(
      () => expect(bo.presence.at(-1)).toMatchObject({ left: [expect.any(String)], total: 1 }),
      40_000,
    )
    expect(performance.now() - began).toBeLessThan(30_500)
  }, 60_000)
})

describe('a reader that does not drain its socket', () => {
  test('is cut off, and comes back by its cursor', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const proxy = await startProxy(() => app.url)
    const slow = await connect(proxy)
    const { to } = await slow.enter()
    const { id = '' } = slow.socket
    const ada = await visitor(app, 'ada')
    proxy.freeze()
    const text = 'x'.repeat(4_000)
    for (let n = 0; n < 60; n++) {
      await Promise.all(Array.from({ length: 40 }, () => ada.send(text)))
      if (!app.app.io.of('/chat').sockets.has(id)) break
    }
    await eventually(() => expect(app.app.io.of('/chat').sockets.has(id)).toBe(false))
    const back = await connect(app)
    expect(await back.enter(to)).toMatchObject({ reset: true })
  })
})

describe('a stop', () => {
  test('tells each reader its own moment to come back, and is no longer ready meanwhile', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: 'off' } })
    // So many that they are closed in more than one step.
    const readers = await Promise.all(Array.from({ length: 150 }, () => connect(app)))
    const notices = readers.map(
      ({ socket }) =>
        new Promise<{ code: string; retryAfter?: number }>((resolve) => socket.once('notice', resolve)),
    )
    const gone = readers.map((one) => one.disconnected())
    const closing = app.close()
    await notices[0]
    await api(app).get('/readyz').expect(503)
    const heard = await Promise.all(notices)
    expect(new Set(heard.map(({ code }) => code))).toEqual(new Set(['RESTARTING']))
    expect(new Set(heard.map(({ retryAfter }) => retryAfter)).size).toBeGreaterThan(100)
    for (const { retryAfter } of heard) expect(retryAfter).toBeGreaterThan(0)
    await Promise.all([...gone, closing])
  })
})

test('a stop answers who waits for changes', async () => {
  const app = await startApp()
  const asked = once(app.app.server, 'request')
  const waiting = api(app).get('/api/chat/rooms/lobby/changes?after=0&wait=30')
  const answered = waiting.then(({ status, body }) => [status, body.data.to])
  await asked
  await app.close()
  expect(await answered).toEqual([200, 0])
})

describe('a database that is gone', () => {
  test('is UNAVAILABLE, and mends by itself', async () => {
    if (!isPostgres) return
    const { DATABASE_URL = '' } = await databaseOf(temporaryFolder())
    const address = new URL(DATABASE_URL)
    let target = `http://${address.host}`
    const proxy = await startProxy(() => target)
    address.host = new URL(proxy.url).host
    const app = await startApp({ settings: { DATABASE_URL: address.href } })
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    await ada.send('before')
    target = 'http://127.0.0.1:1'
    proxy.cut()
    const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'meanwhile' }
    expect(await ada.emit('message:send', draft)).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    await api(app).get('/api/reports').expect(503)
    await api(app).get('/readyz').expect(503)
    expect(bo.seen()).toHaveLength(1)
    target = `http://${new URL(DATABASE_URL).host}`
    const sent = await ada.send(draft)
    await eventually(() => expect(bo.seen().at(-1)).toEqual(sent))
  })
})

describe('a disk that is full', () => {
  test('is UNAVAILABLE, shows nobody what is not stored, and mends by itself', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    if (app.kind !== 'sqlite') return
    const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
    await bo.enter()
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(app.db)
    await sql.raw(`pragma max_page_count = ${rows[0]!.page_count}`).execute(app.db)
    const texts: string[] = []
    let refused: unknown
    while (!refused && texts.length < 200) {
      const answer = await ada.emit('message:send', {
        room: 'lobby',
        id: crypto.randomUUID(),
        text: 'x'.repeat(3_000),
      })
      if (answer.ok) texts.push('x')
      else refused = answer.error
    }
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', retryAfter: expect.any(Number) })
    await eventually(() => expect(bo.seen()).toHaveLength(texts.length))
    await sql.raw('pragma max_page_count = 1000000').execute(app.db)
    const sent = await ada.send('room again')
    await eventually(() => expect(bo.seen().at(-1)).toEqual(sent))
    expect(sent.seq).toBe(texts.length + 1)
  })
})

test('what is deleted is out of the files within a minute', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  if (app.kind !== 'sqlite') return
  const ada = await visitor(app, 'ada')
  const words = 'xylophonist quagmire'
  const { id } = await ada.send(words)
  await ada.send({ text: 'kept', replyTo: id })
  const isInFiles = () =>
    readdirSync(app.folder)
      .filter((name) => name.startsWith('me.db'))
      .some((name) => /xylophonist|quagmire/.test(readFileSync(join(app.folder, name), 'latin1')))
  expect(isInFiles()).toBe(true)
  await ada.ask('message:delete', { id })
  clock.advance(60_000)
  await eventually(() => expect(isInFiles()).toBe(false))
})
