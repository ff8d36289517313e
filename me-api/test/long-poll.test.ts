import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { api } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

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
})
