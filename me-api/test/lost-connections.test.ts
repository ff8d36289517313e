import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { startProxy } from './support/proxy.ts'
import { api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

describe('silently lost networks', () => {
  test('a tab whose network vanished returns at once as the same person and catches up', async () => {
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

  test('a visitor whose network vanished leaves the presence list within thirty seconds', async () => {
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
  })
})

describe('slow readers', () => {
  test('a reader that does not drain its socket is disconnected and resumes with its cursor', async () => {
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

describe('stopping the server', () => {
  test('a stopping server is not ready and sends each reader its own time to reconnect', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: 'off' } })
    // So many that they are closed in more than one step.
    const readers = await Promise.all(Array.from({ length: 150 }, () => connect(app)))
    const notices = readers.map(
      ({ socket }) =>
        new Promise<{ code: string; retryAfter?: number }>((resolve) => socket.once('notice', resolve)),
    )
    const gone = readers.map((one) => one.disconnected())
    // Long enough for the question below to be asked while it stops.
    const closing = app.close(1_000)
    await notices[0]
    await api(app).get('/readyz').expect(503)
    const heard = await Promise.all(notices)
    expect(new Set(heard.map(({ code }) => code))).toEqual(new Set(['RESTARTING']))
    expect(new Set(heard.map(({ retryAfter }) => retryAfter)).size).toBeGreaterThan(100)
    for (const { retryAfter } of heard) expect(retryAfter).toBeGreaterThan(0)
    await Promise.all([...gone, closing])
  })
})

test('a stopping server answers waiting long polls', async () => {
  const app = await startApp()
  const asked = once(app.app.server, 'request')
  const waiting = api(app).get('/api/chat/rooms/lobby/changes?after=0&wait=30')
  const answered = waiting.then(({ status, body }) => [status, body.data.to])
  await asked
  await app.close()
  expect(await answered).toEqual([200, 0])
})
