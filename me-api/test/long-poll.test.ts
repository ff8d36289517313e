import { once } from 'node:events'
import { describe, expect, jest, test } from '@jest/globals'
import type { Change } from '../src/contract/index.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

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

  test('knows the ETag in whatever form a reader or a proxy gives it back', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await ada.send('hej')
    for (const form of [(etag = '') => etag.replace('W/', ''), (etag = '') => `"other",${etag}`]) {
      const { headers } = await poll(app, 'after=0').expect(200)
      const asked = once(app.app.server, 'request')
      const waiting = poll(app, 'after=0&wait=30', form(headers['etag'])).then((answer) => answer)
      await asked
      const sent = await ada.send('news')
      const { status, body } = await waiting
      expect(status).toBe(200)
      expect(body.data.messages.at(-1)).toEqual(sent)
    }
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

  /** So many polls with the same question, of which each waits by the time this resolves. */
  async function crowd(app: TestApp, count: number): Promise<Promise<Change>[]> {
    const waiting: Promise<Change>[] = []
    for (let n = 0; n < count; n += 1) {
      const asked = once(app.app.server, 'request')
      waiting.push(poll(app, 'after=0&wait=30').then(({ body }) => (body as { data: Change }).data))
      await asked
    }
    await poll(app, '')
    return waiting
  }

  test('shares one reading of the database with all who are woken by the same Change', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: 'off' } })
    const ada = await visitor(app, 'ada')
    const waiting = await crowd(app, 30)
    const readings = jest.spyOn(app.db, 'selectFrom')
    const sent = await ada.send('hej')
    for (const change of await Promise.all(waiting)) expect(change.messages).toEqual([sent])
    // The room, how far behind the cursor is, and the messages; what sending itself asks is as little.
    expect(readings.mock.calls.length).toBeLessThan(15)
  })

  test('that waits is a connection of its address, as streams and sockets are, until it is answered or given up', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '3' } })
    const ada = await visitor(app, 'ada')
    const [first, second] = await crowd(app, 2)
    const { body, headers } = await poll(app, 'after=0&wait=30').expect(429)
    expect(body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    await api(app).get('/api/chat/rooms/lobby/stream').expect(429)
    // What need not wait is answered.
    await poll(app, 'after=0').expect(200)

    await ada.send('hej')
    await Promise.all([first, second])
    await poll(app, 'after=0&wait=30').expect(200)
    await poll(app, 'after=1&wait=1').expect(200)

    const [one, other] = [new AbortController(), new AbortController()]
    const given = [one, other].map(({ signal }) =>
      fetch(`${app.url}/api/chat/rooms/lobby/changes?after=1&wait=30`, { signal }).catch(() => null),
    )
    await eventually(() => poll(app, 'after=1&wait=1').expect(429))
    one.abort()
    other.abort()
    await Promise.all(given)
    await eventually(() => poll(app, 'after=1&wait=1').expect(200))
  })
})
