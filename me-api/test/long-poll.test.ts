import { once } from 'node:events'
import { describe, expect, jest, test } from '@jest/globals'
import type { Change } from '../src/contract/index.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

describe('long polling', () => {
  const poll = (app: TestApp, query: string, etag?: string) => {
    const request = api(app).get(`/api/chat/rooms/lobby/changes?${query}`)
    return etag ? request.set('if-none-match', etag) : request
  }

  test('a long poll is answered by the next message', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const asked = once(app.app.server, 'request')
    const waiting = poll(app, 'after=0&wait=30').then(({ body }) => body.data)
    await asked
    const sent = await ada.send('hej')
    expect(await waiting).toEqual({ room: 'lobby', from: 0, to: 1, messages: [sent] })
  })

  test('a long poll with missed messages is answered at once', async () => {
    const app = await startApp()
    const sent = await (await visitor(app, 'ada')).send('hej')
    const { body } = await poll(app, 'after=0&wait=30').expect(200)
    expect(body.data.messages).toEqual([sent])
  })

  test('a long poll without news ends empty, or as 304 with a matching ETag', async () => {
    const app = await startApp()
    const { body, headers } = await poll(app, 'after=0&wait=1').expect(200)
    expect(body.data).toEqual({ room: 'lobby', from: 0, to: 0, messages: [] })
    const again = await poll(app, 'after=0&wait=1', headers['etag']).expect(304)
    expect(again.headers['etag']).toBe(headers['etag'])
    await poll(app, 'after=0', headers['etag']).expect(304)
  })

  test('a long poll recognises a strong ETag and an ETag in a list', async () => {
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

  test('a long poll with a matching ETag waits and is answered by an edit', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send('hej')
    const { headers } = await poll(app, '').expect(200)
    await poll(app, 'wait=1', headers['etag']).expect(304)
    const waiting = poll(app, 'wait=30', headers['etag']).then(({ body }) => body.data)
    await ada.ask('message:edit', { id, text: 'hej hej' })
    expect(await waiting).toMatchObject({ to: 2, messages: [{ text: 'hej hej' }] })
  })

  test.each(['wait=31', 'wait=-1', 'wait=x'])('a long poll with ?%s is refused with 400', async (query) => {
    const app = await startApp()
    await poll(app, query).expect(400)
  })

  /** So many polls with the same query, all of which are waiting when this resolves. */
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

  test('long polls woken by the same change share one database read', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: 'off' } })
    const ada = await visitor(app, 'ada')
    const waiting = await crowd(app, 30)
    const readings = jest.spyOn(app.db, 'selectFrom')
    const sent = await ada.send('hej')
    for (const change of await Promise.all(waiting)) expect(change.messages).toEqual([sent])
    // The room, how far behind the cursor is, and the messages; what sending itself asks is as little.
    expect(readings.mock.calls.length).toBeLessThan(15)
  })

  test('a waiting long poll counts as a connection of its address until it is answered or aborted', async () => {
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
