import { describe, expect, test } from '@jest/globals'
import { LESSON_ROOM, type LessonHeaders, type LessonSaid } from '../src/contract/index.ts'
import { jsonOf, sendRaw } from './support/raw-request.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const say = (app: TestApp, body: object = {}) => api(app).post('/api/lesson/say').send(body)

async function said(app: TestApp, count?: number): Promise<LessonSaid> {
  const { body } = await say(app, count === undefined ? {} : { count }).expect(201)
  return (body as { data: LessonSaid }).data
}

async function headersOf(app: TestApp, ...headers: string[]): Promise<LessonHeaders> {
  const answer = await sendRaw(app, 'GET /api/lesson/headers?x=1', ...headers)
  expect(answer.status).toBe(200)
  expect(answer.head).toMatch(/^cache-control: no-store$/im)
  return (jsonOf(answer) as { data: LessonHeaders }).data
}

describe('what the server says in the lesson', () => {
  test('is as many messages as were asked for, numbered by the room, from one author', async () => {
    const app = await startApp()
    const { room, messages } = await said(app)
    expect(room).toBe('~lesson')
    expect(messages).toMatchObject([{ room: LESSON_ROOM, seq: 1, text: 'No. 1' }])
    const burst = await said(app, 20)
    expect(burst.messages.map(({ seq, rev, text }) => ({ seq, rev, text }))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 2).map((seq) => ({
        seq,
        rev: seq,
        text: `No. ${seq}`,
      })),
    )
    const authors = new Set([...messages, ...burst.messages].map(({ author }) => JSON.stringify(author)))
    expect([...authors].map((author) => JSON.parse(author) as unknown)).toEqual([
      { id: expect.any(String), nick: 'lesson', role: 'bot' },
    ])
  })

  test.each([0, 21, 1.5, -1, '3', null, true])('a count of %j is refused', async (count) => {
    const app = await startApp()
    const { body } = await say(app, { count }).expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/count'))
  })
})

describe('the headers of a request', () => {
  test('come as they arrived, in their order and spelling, and every byte is counted', async () => {
    const app = await startApp()
    const before = Date.now()
    const lines = ['Host: localhost', 'x-TWICE: one', 'Accept: */*', 'X-twice: two', 'Connection: close']
    const answer = await headersOf(app, ...lines)
    expect(answer.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual(lines)
    const head = ['GET /api/lesson/headers?x=1 HTTP/1.1', ...lines].map((line) => `${line}\r\n`).join('')
    expect(answer).toMatchObject({
      httpVersion: '1.1',
      bytes: head.length,
      node: expect.stringMatching(/^\w+$/),
    })
    expect(answer.now).toBeGreaterThanOrEqual(before)
    expect(answer.now).toBeLessThanOrEqual(Date.now())
  })
})
