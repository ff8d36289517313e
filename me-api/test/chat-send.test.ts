import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, visitor } from './support/visitors.ts'

async function twoVisitors() {
  const app = await startApp()
  const [ada, bo] = [await visitor(app, 'ada'), await visitor(app, 'bo')]
  await ada.enter()
  await bo.enter()
  return { app, ada, bo }
}

test('everybody in the room receives a message with nick and time', async () => {
  const { ada, bo } = await twoVisitors()
  const id = randomUUID()
  const sent = await ada.send({ id, text: '  hej\nhej  ' })
  expect(sent).toEqual({
    id,
    room: 'lobby',
    seq: 1,
    rev: 1,
    author: { id: ada.welcome.self?.id, nick: 'ada', role: 'visitor' },
    text: 'hej\nhej',
    sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  for (const reader of [ada, bo]) {
    await eventually(() =>
      expect(reader.changes).toEqual([{ room: 'lobby', from: 0, to: 1, messages: [sent] }]),
    )
  }
})

test('a message sent twice with one id is one message', async () => {
  const { ada, bo } = await twoVisitors()
  const id = randomUUID()
  const first = await ada.send({ id, text: 'hej' })
  const again = await ada.send({ id, text: 'x'.repeat(4_001) })
  const atOnce = await Promise.all([
    ada.send({ id: id.toUpperCase(), text: 'x' }),
    ada.send({ id, text: 'y' }),
  ])
  expect([again, ...atOnce]).toEqual([first, first, first])
  await ada.send('last')
  await eventually(() => expect(bo.seen().map(({ text }) => text)).toEqual(['hej', 'last']))
})

test('two sends of one id before either is stored are one message', async () => {
  const { ada, bo } = await twoVisitors()
  const id = randomUUID()
  const [first, second] = await Promise.all([ada.send({ id, text: 'hej' }), ada.send({ id, text: 'hej' })])
  expect(second).toEqual(first)
  await eventually(() => expect(bo.seen()).toEqual([first]))
})

test('a message id of another author is refused with CONFLICT', async () => {
  const { ada, bo } = await twoVisitors()
  const id = randomUUID()
  await ada.send({ id, text: 'hej' })
  expect(await bo.emit('message:send', { room: 'lobby', id, text: 'mine' })).toMatchObject(
    failure('CONFLICT'),
  )
})

test('messages of one connection keep their order', async () => {
  const { ada, bo } = await twoVisitors()
  const texts = Array.from({ length: 9 }, (_, index) => `number ${index}`)
  await Promise.all(texts.map((text) => ada.send(text)))
  await eventually(() => expect(bo.seen().map(({ text }) => text)).toEqual(texts))
})

test('messages sent at once get gapless sequence numbers, in changes that join end to end', async () => {
  const app = await startApp({
    settings: { LIMIT_MESSAGES: 'off', LIMIT_CONNECTIONS: 'off', LIMIT_JOINS: 'off' },
  })
  const people: Visitor[] = []
  for (let n = 0; n < 10; n++) people.push(await visitor(app, `person ${n}`))
  const [reader] = people as [Visitor]
  await reader.enter()
  await Promise.all(people.flatMap((person) => Array.from({ length: 30 }, (_, n) => person.send(`${n}`))))
  await eventually(() => expect(reader.seen()).toHaveLength(300))
  expect(reader.seen().map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1))
  reader.changes.reduce((cursor, { from, to }) => (expect(from).toBe(cursor), to), 0)
  expect(reader.changes.length).toBeLessThan(300)
})

test('a visitor can send without room:enter, and a reader that left receives nothing', async () => {
  const { app, ada, bo } = await twoVisitors()
  await bo.leave()
  const cy = await visitor(app, 'cy')
  await cy.send('from outside')
  await eventually(() => expect(ada.seen()).toHaveLength(1))
  await bo.enter(1)
  expect(bo.seen()).toEqual([])
})

test('a reply must name a message of the same room', async () => {
  const { ada, bo } = await twoVisitors()
  const asked = await ada.send('why?')
  expect(await bo.send({ text: 'because', replyTo: asked.id })).toMatchObject({ replyTo: asked.id })
  const lost = { room: 'lobby', id: randomUUID(), text: 'x', replyTo: randomUUID() }
  expect(await bo.emit('message:send', lost)).toMatchObject(failure('NOT_FOUND'))
})

describe('invalid messages', () => {
  const draft = () => ({ room: 'lobby', id: randomUUID(), text: 'hej' })
  test.each<[string, () => unknown, string]>([
    ['no data', () => undefined, 'INVALID'],
    ['null', () => null, 'INVALID'],
    ['an array', () => [draft()], 'INVALID'],
    ['no text', () => ({ ...draft(), text: undefined }), 'INVALID'],
    ['blank text', () => ({ ...draft(), text: ' \n\t ' }), 'INVALID'],
    ['invisible text', () => ({ ...draft(), text: '\u200b \u3164' }), 'INVALID'],
    ['a number as text', () => ({ ...draft(), text: 7 }), 'INVALID'],
    ['too long a text', () => ({ ...draft(), text: '🚂'.repeat(4_001) }), 'TOO_LONG'],
    ['an id that is no UUID', () => ({ ...draft(), id: '1' }), 'INVALID'],
    ['an unknown room', () => ({ ...draft(), room: 'attic' }), 'NOT_FOUND'],
    ['an impossible room name', () => ({ ...draft(), room: '__proto__' }), 'INVALID'],
  ])('message:send with %s is refused with its code', async (_, input, code) => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    expect(await ada.emit('message:send', input())).toMatchObject(failure(code))
    expect(await ada.send({ text: '🚂'.repeat(4_000) })).toMatchObject({ seq: 1 })
  })

  test('message:send of a reader without a nick is refused with NICK_REQUIRED', async () => {
    const app = await startApp()
    const reader = await connect(app)
    expect(await reader.emit('message:send', draft())).toMatchObject(failure('NICK_REQUIRED'))
  })

  test('an unknown event and an event without an acknowledgement leave the connection working', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    expect(await ada.emit('message:steal', {})).toMatchObject(failure('INVALID'))
    expect(await ada.emit('toString', {})).toMatchObject(failure('INVALID'))
    ada.socket.emit('message:send', draft(), undefined as never)
    ada.socket.emit('message:send', undefined as never, undefined as never)
    expect(await ada.send('still here')).toMatchObject({ text: 'still here' })
  })

  test('characters that databases cannot store are replaced in a message', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    expect(await ada.send('a\0b \ud83d c')).toMatchObject({ text: 'a\ufffdb \ufffd c' })
  })
})

test('a visitor over the message limit gets retryAfter, and can still repeat a stored message id', async () => {
  const app = await startApp({ settings: { LIMIT_MESSAGES: '2/10s' } })
  const ada = await visitor(app, 'ada')
  expect(ada.welcome.limits).toEqual({ text: 4_000, nick: 24, messages: { count: 2, seconds: 10 } })
  const first = await ada.send('one')
  await ada.send('two')
  const third = await ada.emit('message:send', { room: 'lobby', id: randomUUID(), text: 'three' })
  expect(third).toMatchObject(failure('RATE_LIMITED'))
  expect((third as { error: { retryAfter: number } }).error.retryAfter).toBeGreaterThan(0)
  expect(await ada.send({ id: first.id, text: 'one' })).toEqual(first)
})

test('a message that the database refused is neither acknowledged nor shown', async () => {
  const { app, ada, bo } = await twoVisitors()
  await app.db.schema.alterTable('messages').renameTo('elsewhere').execute()
  const id = randomUUID()
  expect(await ada.emit('message:send', { room: 'lobby', id, text: 'lost?' })).toMatchObject(
    failure('UNAVAILABLE'),
  )
  expect(bo.seen()).toEqual([])
  await app.db.schema.alterTable('elsewhere').renameTo('messages').execute()
  const sent = await ada.send({ id, text: 'lost?' })
  await eventually(() => expect(bo.seen()).toEqual([sent]))
})

const failure = (code: string) => ({ ok: false, error: { code, message: expect.any(String) } })
