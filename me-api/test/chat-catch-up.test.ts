import { describe, expect, test } from '@jest/globals'
import type { Change, Message } from '../src/contract/index.ts'
import { createHistoryTransfer } from '../src/chat/log/history-transfer.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

/** A room with so many messages, imported as an owner would. */
async function roomOf(count: number, text = (n: number) => `message ${n}`): Promise<TestApp> {
  const app = await startApp()
  const lines = Array.from({ length: count }, (_, n) => ({
    nick: 'ada',
    text: text(n + 1),
    sentAt: 1_000 * n,
  }))
  await createHistoryTransfer(app.db).importLines('lobby', lines)
  return app
}

const seqs = ({ messages }: { messages: Message[] }) => messages.map(({ seq }) => seq)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

describe('entering a room', () => {
  test('entering a room for the first time returns the latest fifty messages', async () => {
    const app = await roomOf(120)
    const reader = await connect(app)
    const change = await reader.enter()
    expect(change).toMatchObject({ room: 'lobby', from: 0, to: 120, reset: true })
    expect(seqs(change)).toEqual(range(71, 120))
    expect(change).not.toHaveProperty('more')
  })

  test('entering a room with a cursor returns what was missed, then every change without a gap', async () => {
    const app = await roomOf(120)
    const reader = await connect(app)
    const change = await reader.enter(20)
    expect(change).toMatchObject({ from: 20, to: 120 })
    expect(change).not.toHaveProperty('reset')
    expect(seqs(change)).toEqual(range(21, 120))
    await (await visitor(app, 'bo')).send('now')
    const [next] = await eventually(() => (expect(reader.changes).toHaveLength(1), reader.changes))
    expect(next).toMatchObject({ to: 121 })
    expect(next!.from).toBeLessThanOrEqual(120)
  })

  test('entering a room with an up-to-date cursor returns no messages', async () => {
    const app = await roomOf(3)
    const reader = await connect(app)
    expect(await reader.enter(3)).toEqual({ room: 'lobby', from: 3, to: 3, messages: [] })
  })

  test('entering an empty room returns an empty page', async () => {
    const app = await startApp()
    const reader = await connect(app)
    expect(await reader.enter()).toEqual({ room: 'lobby', from: 0, to: 0, messages: [], reset: true })
  })

  test.each([
    ['over a thousand changes behind', 1_100, 99],
    ['ahead of the room', 20, 21],
  ])('entering a room with a cursor %s resets the reader to the latest messages', async (_, count, after) => {
    const app = await roomOf(count)
    const reader = await connect(app)
    expect(await reader.enter(after)).toMatchObject({ from: 0, to: count, reset: true })
    if (count > 1_000) expect(seqs(await reader.enter(after + 1))).toEqual(range(after + 2, count))
  })

  test('entering a room with a cursor over 256 KiB behind resets the reader to the latest messages', async () => {
    const app = await roomOf(100, () => 'å'.repeat(2_000))
    const reader = await connect(app)
    expect(await reader.enter(10)).toMatchObject({ from: 0, to: 100, reset: true })
    expect(seqs(await reader.enter(60))).toEqual(range(61, 100))
  })

  test('entering a room returns fewer than fifty messages when they are very long', async () => {
    const app = await roomOf(60, () => 'x'.repeat(16_000))
    const reader = await connect(app)
    const change = await reader.enter()
    expect(change).toMatchObject({ from: 0, to: 60, reset: true })
    expect(seqs(change)).toEqual(range(45, 60))
  })

  test('entering a room is refused with NOT_FOUND for an unknown room and INVALID for an invalid cursor', async () => {
    const app = await startApp()
    const reader = await connect(app)
    expect(await reader.emit('room:enter', { room: 'attic', after: null })).toMatchObject({
      error: { code: 'NOT_FOUND' },
    })
    for (const after of [undefined, -1, 1.5, '1']) {
      expect(await reader.emit('room:enter', { room: 'lobby', after })).toMatchObject({
        error: { code: 'INVALID' },
      })
    }
  })

  test('entering a busy room loses nothing between the answer and the first change', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const writer = await visitor(app, 'ada')
    const reader = await connect(app)
    let isWriting = true
    const writing = (async () => {
      for (let n = 0; isWriting; n++) await writer.send(`${n}`)
    })()
    for (let round = 0; round < 20; round++) {
      reader.changes.length = 0
      const entered = await reader.enter(0)
      const { to } = await eventually(() => {
        expect(reader.changes.at(-1)?.to).toBeGreaterThan(entered.to)
        return reader.changes.at(-1) as Change
      })
      const held = new Map([...entered.messages, ...reader.seen()].map((message) => [message.seq, message]))
      expect([...held.keys()].toSorted((one, other) => one - other)).toEqual(range(1, to))
      await reader.leave()
    }
    isWriting = false
    await writing
  })
})

describe('changes over REST', () => {
  test('GET …/changes pages with `more` until the reader is up to date', async () => {
    const app = await roomOf(25)
    let after = 5
    const pages: Change[] = []
    do {
      const { body } = await api(app).get(`/api/chat/rooms/lobby/changes?after=${after}&limit=10`).expect(200)
      pages.push(body.data)
      after = body.data.to
    } while (pages.at(-1)?.more)
    expect(pages.map(seqs)).toEqual([range(6, 15), range(16, 25)])
    expect(pages.map(({ from, to }) => [from, to])).toEqual([
      [5, 15],
      [15, 25],
    ])
  })

  test('GET …/changes without a cursor returns the latest page, and 304 when unchanged', async () => {
    const app = await roomOf(60)
    const first = await api(app).get('/api/chat/rooms/lobby/changes').expect(200)
    expect(first.body.data).toMatchObject({ from: 0, to: 60, reset: true })
    expect(first.body.data.messages).toHaveLength(50)
    const etag = first.headers['etag'] ?? ''
    await api(app).get('/api/chat/rooms/lobby/changes').set('if-none-match', etag).expect(304)
  })

  test.each(['after=x', 'after=-1', 'limit=0', 'limit=501', 'limit=1.5', 'limit=1&limit=2', 'after='])(
    'GET …/changes?%s is refused with 400',
    async (query) => {
      const app = await startApp()
      const pointer = query.startsWith('after') ? '/after' : '/limit'
      const { body } = await api(app).get(`/api/chat/rooms/lobby/changes?${query}`).expect(400)
      expect(body).toEqual(refusal(400, 'INVALID', pointer))
    },
  )
})

describe('history', () => {
  test('GET …/messages pages back to the first message, oldest first in each page', async () => {
    const app = await roomOf(120)
    const page = async (query: string) =>
      (await api(app).get(`/api/chat/rooms/lobby/messages${query}`).expect(200)).body.data
    expect(seqs(await page(''))).toEqual(range(71, 120))
    const older = await page('?before=71&limit=50')
    expect(seqs(older)).toEqual(range(21, 70))
    expect(older.more).toBe(true)
    const first = await page('?before=21&limit=20')
    expect(seqs(first)).toEqual(range(1, 20))
    expect(first.more).toBe(false)
    expect(await page('?before=1')).toEqual({ messages: [], more: false })
  })

  test.each(['before=0', 'before=x', 'limit=0', 'limit=201'])(
    'GET …/messages?%s is refused with 400',
    async (query) => {
      const app = await startApp()
      await api(app).get(`/api/chat/rooms/lobby/messages?${query}`).expect(400)
    },
  )

  test('the history answers 404 for an unknown room and 400 for an invalid room name', async () => {
    const app = await startApp()
    await api(app).get('/api/chat/rooms/attic/messages').expect(404)
    await api(app).get('/api/chat/rooms/attic/changes').expect(404)
    await api(app).get('/api/chat/rooms/At%20tic/messages').expect(400)
  })
})

test('GET /api/chat/rooms lists each room with its latest sequence and revision numbers', async () => {
  const app = await roomOf(3)
  const { body } = await api(app).get('/api/chat/rooms').expect(200)
  expect(body.data).toEqual([
    { name: 'lobby', kind: 'open', title: 'Lobby', locked: false, slowSeconds: 0, seq: 3, rev: 3 },
  ])
})

test('GET /api/chat/messages/:id returns a message by its id', async () => {
  const app = await startApp()
  const sent = await (await visitor(app, 'ada')).send('hej')
  const { body } = await api(app).get(`/api/chat/messages/${sent.id}`).expect(200)
  expect(body.data).toEqual(sent)
  await api(app).get('/api/chat/messages/nothing').expect(404)
})
