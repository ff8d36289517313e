import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { LessonHeaders, Message } from '../src/contract/index.ts'
import { LESSON, askToSay, said, stored } from './support/lesson.ts'
import { manualClock } from './support/manual-clock.ts'
import { jsonOf, sendRaw } from './support/raw-request.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

async function headersOf(app: TestApp, ...headers: string[]): Promise<LessonHeaders> {
  const answer = await sendRaw(app, 'GET /api/lesson/headers?x=1', ...headers)
  expect(answer.status).toBe(200)
  expect(answer.head).toMatch(/^cache-control: no-store$/im)
  const body = Buffer.from(answer.body, 'latin1').toString()
  return (jsonOf({ ...answer, body }) as { data: LessonHeaders }).data
}

const numbersOf = (messages: Message[]): string[] => messages.map(({ text }) => text)
const numbers = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `No. ${first + index}`)

describe('what the server says in the lesson', () => {
  test('is as many messages as were asked for, numbered by the room, from one author', async () => {
    const app = await startApp()
    const one = await said(app)
    expect(one).toMatchObject([{ room: LESSON, seq: 1, rev: 1, text: 'No. 1' }])
    const burst = await said(app, 20)
    expect(numbersOf(burst)).toEqual(numbers(2, 21))
    expect(burst.map(({ seq }) => `No. ${seq}`)).toEqual(numbersOf(burst))
    const authors = new Set([...one, ...burst].map(({ author }) => JSON.stringify(author)))
    expect([...authors].map((author) => JSON.parse(author) as unknown)).toEqual([
      { id: expect.any(String), nick: 'lesson', role: 'bot' },
    ])
    expect(await stored(app)).toEqual([...one, ...burst])
  })

  test('is said once each and in order where many ask at the same time', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    const asked = Array.from({ length: 3 }, (_, index) =>
      askToSay(app, { count: 20, from: `192.0.2.${index + 1}` }).expect(201),
    )
    const answers = (await Promise.all(asked)).map(({ body }) => body as { data: { messages: Message[] } })
    expect(numbersOf(await stored(app))).toEqual(numbers(1, 60))
    const all = answers.flatMap(({ data }) => data.messages)
    expect(new Set(all.map(({ id }) => id)).size).toBe(60)
    for (const { data } of answers)
      expect(data.messages).toEqual(data.messages.toSorted((one, other) => one.seq - other.seq))
  })

  test.each([0, 21, 1.5, -1, '3', null, true, [1], 1e9])('a count of %j is refused', async (count) => {
    const app = await startApp()
    const { body } = await api(app).post('/api/lesson/say').send({ count }).expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/count'))
    expect(await stored(app)).toEqual([])
  })

  test('pages of other origins cannot ask for it', async () => {
    const app = await startApp()
    await askToSay(app).set('origin', 'https://example.org').expect(403)
    await askToSay(app).set('sec-fetch-site', 'cross-site').expect(403)
    expect(await stored(app)).toEqual([])
  })

  test('an invalid token keeps nobody out', async () => {
    const app = await startApp()
    await askToSay(app).set('authorization', `Bearer ${randomUUID()}`).expect(201)
  })
})

describe('the limits of what is said', () => {
  const settings = { TRUST_PROXY: '1' }

  test('an address gets sixty in ten seconds, and is told how long to wait for more', async () => {
    const app = await startApp({ settings })
    const from = '192.0.2.1'
    for (let burst = 0; burst < 3; burst++) await askToSay(app, { count: 20, from }).expect(201)
    const { body, headers } = await askToSay(app, { from }).expect(429)
    expect(body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(10)
    await eventually(() => askToSay(app, { from: '192.0.2.2' }).expect(201))
    await askToSay(app, { from }).expect(429)
  })

  test('all addresses together get sixty in three, and a refusal takes nothing from an address', async () => {
    const app = await startApp({ settings })
    for (const from of ['192.0.2.1', '192.0.2.2']) await askToSay(app, { count: 20, from }).expect(201)
    const from = '192.0.2.3'
    await askToSay(app, { count: 15, from }).expect(201)
    for (let ask = 0; ask < 4; ask++) await askToSay(app, { count: 20, from }).expect(429)
    await askToSay(app, { count: 5, from }).expect(201)
    const { headers } = await askToSay(app, { from: '192.0.2.4' }).expect(429)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(3)
    expect(await stored(app)).toHaveLength(60)
    await eventually(() => askToSay(app, { count: 20, from }).expect(201))
  })
})

describe('the headers of a request', () => {
  test('come as they arrived, in their order and spelling, and every byte is counted', async () => {
    const app = await startApp()
    const before = Date.now()
    const lines = ['Host: localhost', 'x-TWICE: one', 'Accept: \u00e5/*', 'X-twice: two', 'Connection: close']
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

  test('show no secret, also none that a proxy adds, and of cookies the names', async () => {
    const app = await startApp()
    const secret = 'Zq7'
    const answer = await headersOf(
      app,
      'Host: localhost',
      `Cookie: me_session=${secret}=; x=${secret}; ${secret}; empty=`,
      `cookie: b=${secret}`,
      ...[
        ...['Authorization', 'Proxy-Authorization', 'X-Access-Token', 'X-Api-Key', 'X-Origin-Verify'],
        ...['Cf-Access-Jwt-Assertion', 'X-Session-Id', 'X-Hub-Signature', 'X-PASSWORD', 'X-Credentials'],
        ...['Set-Cookie', 'Cookie2', 'X-Shared-Secret', 'X-Forwarded-Auth', 'X-Sec-WebSocket-Key'],
        ...['X-Passphrase', 'X-Azure-FDID', 'X-Origin-Pwd'],
      ].map((name) => `${name}: Basic ${secret}`),
      `Sec-WebSocket-Key: nonce`,
      `User-Agent: told`,
    )
    expect(JSON.stringify(answer)).not.toContain(secret)
    const { headers } = answer
    expect(headers.slice(1, 3)).toEqual([
      { name: 'Cookie', value: 'me_session=…; x=…; …; empty=…' },
      { name: 'cookie', value: 'b=…' },
    ])
    expect(headers.slice(3, 21).map(({ value }) => value)).toEqual(Array(18).fill('…'))
    expect(headers.slice(21, 23).map(({ value }) => value)).toEqual(['nonce', 'told'])
  })

  test('are of one process, and its time is the server’s', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const [one, other] = [await headersOf(app, 'Host: localhost'), await headersOf(app, 'Host: localhost')]
    expect(one).toMatchObject({ node: other.node, now: clock.now() })
    const next = await startApp()
    expect((await headersOf(next, 'Host: localhost')).node).not.toBe(one.node)
  })
})
