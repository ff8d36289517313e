import { randomUUID } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { createErasureQueue } from '../src/chat/moderation/erasure-queue.ts'
import { createLimiter } from '../src/chat/rate-limits/rate-limiter.ts'
import { createMyData } from '../src/chat/my-data/my-data.ts'
import type { Author, Message } from '../src/contract/index.ts'
import { api, bearer } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

const person = (id: string): Author => ({ id, nick: id, role: 'visitor' })

/** Counts how many tasks are under way at once, each of which takes a few turns of the event loop. */
function watch() {
  let now = 0
  const seen = { most: 0, all: [] as string[] }
  async function task(name: string): Promise<void> {
    seen.all.push(name)
    seen.most = Math.max(seen.most, ++now)
    for (let turn = 0; turn < 5; turn += 1) await pause()
    now -= 1
  }
  return { seen, task }
}

test('erasures run one after the other, and each person waits in the queue once', async () => {
  const { seen, task } = watch()
  const queue = createErasureQueue((_, personId) => task(personId))
  const people = ['ada', 'bo', 'eva']
  const asked = Array.from({ length: 180 }, (_, n) => people[n % 3]!)
  await Promise.all(asked.map((id) => queue.add(person(id), id)))
  expect(seen.most).toBe(1)
  expect(seen.all).toEqual(people)
})

test('a new erasure is queued for a person whose erasure is already running', async () => {
  const { seen, task } = watch()
  const queue = createErasureQueue((_, personId) => task(personId))
  const first = queue.add(person('ada'), 'ada')
  await pause()
  expect(queue.waitingFor('ada')).toBeUndefined()
  await Promise.all([first, queue.add(person('ada'), 'ada'), queue.add(person('ada'), 'ada')])
  expect(seen.all).toEqual(['ada', 'ada'])
})

test('a failed erasure does not stop the others, and a full queue refuses with UNAVAILABLE', async () => {
  const done: string[] = []
  const queue = createErasureQueue(async (_, personId) => {
    if (personId === 'p0') throw new Error('the database is gone')
    done.push(personId)
  })
  const asked = Array.from({ length: 51 }, (_, n) => queue.add(person(`p${n}`), `p${n}`))
  const outcomes = await Promise.allSettled(asked)
  expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: { message: 'the database is gone' } })
  expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'UNAVAILABLE', retryAfter: expect.any(Number) } })
  expect(done).toHaveLength(49)
})

test('many downloads at once read one page at a time, in turn', async () => {
  const { seen, task } = watch()
  const store = {
    async *writtenBy(id: string): AsyncGenerator<Message[]> {
      for (let page = 0; page < 3; page += 1) {
        await task(`${id} ${page}`)
        yield [{ id } as Message]
      }
    },
  }
  const erasures = createErasureQueue(async () => {})
  const words = createMyData({ store, erasures, limit: createLimiter(null, '') })
  async function read(id: string): Promise<number> {
    let text = ''
    for await (const piece of await words.download(person(id))) text += piece
    return (JSON.parse(text) as { data: { messages: [] } }).data.messages.length
  }
  expect(await Promise.all(['ada', 'bo', 'eva'].map(read))).toEqual([3, 3, 3])
  expect(seen.most).toBe(1)
  // The downloads take turns.
  expect(seen.all.slice(0, 3)).toEqual(['ada 0', 'bo 0', 'eva 0'])
})

test('twenty people who erase their data at once all succeed', async () => {
  const app = await startApp({
    settings: { LIMIT_MESSAGES: 'off', LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off' },
  })
  const tokens: string[] = []
  for (let n = 0; n < 20; n += 1) {
    const { body } = await api(app)
      .post('/api/chat/visitors')
      .send({ nick: `one ${n}` })
      .expect(201)
    const { token } = (body as { data: { token: string } }).data
    tokens.push(token)
    const message = { id: randomUUID(), text: `of ${n}` }
    await api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send(message).expect(201)
  }
  const asked = tokens.flatMap((token) => Array.from({ length: 9 }, () => token))
  await Promise.all(asked.map((token) => api(app).delete('/api/me/words').set(bearer(token)).expect(204)))
  const { body } = await api(app).get('/api/chat/rooms/lobby/messages').expect(200)
  const { messages } = (body as { data: { messages: Message[] } }).data
  expect(messages.map(({ text }) => text)).toEqual(tokens.map(() => ''))
})
