import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { WebSocket } from 'ws'
import { dial, statuses } from './support/raw-connection.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

const webSocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]
const engine = '/socket.io/?EIO=4&transport=websocket'

function ask(app: TestApp, target: string, headers: string[] = webSocket) {
  const line = dial(app)
  line.write(`GET ${target} HTTP/1.1`, 'Host: a', ...headers, '', '')
  return line
}

const status = (app: TestApp, target: string, headers?: string[]): Promise<number | undefined> => {
  const line = ask(app, target, headers)
  return eventually(() => {
    expect(line.said()).toContain('\r\n\r\n')
    return statuses(line.said())[0]
  })
}

const connectionsOf = ({ app: { server } }: TestApp): Promise<number> =>
  new Promise((resolve) => server.getConnections((_, count) => resolve(count)))

/** Waits until the server has at most so many connections, and checks that it still serves. */
async function stands(app: TestApp, connections = 0): Promise<void> {
  while ((await connectionsOf(app)) > connections) await turn()
  await api(app).get('/healthz').expect(200)
}

describe('an upgrade to an invalid URL', () => {
  test.each(['//', '///', '//@', '//[', 'http://[', 'http://x:99999/', '//:80', '/\\', '//a:b', 'ftp://[::'])(
    'the server answers 400 and keeps running: %s',
    async (target) => {
      const app = await startApp()
      expect(await status(app, target)).toBe(400)
      expect(await status(app, target, ['Connection: Upgrade', 'Upgrade: h2c'])).toBe(400)
      await api(app).get('/healthz').expect(200)
    },
  )

  test('the server answers 400 to an invalid URL from a foreign page and keeps running', async () => {
    const app = await startApp()
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}//`, { origin: 'https://evil.example' })
    const [{ message }] = (await once(socket, 'error')) as [Error]
    expect(message).toBe('Unexpected server response: 400')
    await api(app).get('/healthz').expect(200)
  })
})

describe('an upgrade to an ambiguous path', () => {
  test.each([
    '/socket.io/../api/chat/socket?EIO=4&transport=websocket&nick=NEW',
    '/socket.io/%2e%2e/api/chat/socket?EIO=4&transport=websocket&nick=NEW',
    '/socket.io/./../api/chat/socket?EIO=4&transport=websocket&nick=NEW',
  ])('the server answers 400, and no handler takes the connection: %s', async (target) => {
    const app = await startApp()
    expect(await status(app, target)).toBe(400)
    const { body } = await api(app).get('/api/chat/presence').expect(200)
    expect(body.data.total).toBe(0)
  })

  test('the server accepts an upgrade whose target names scheme and host, as for a proxy', async () => {
    const app = await startApp()
    expect(await status(app, 'http://a/api/chat/socket?nick=Ada')).toBe(101)
    expect(await status(app, `http://a${engine}`)).toBe(101)
    expect(await status(app, 'http://a/socket.io/../api/chat/socket?nick=Bo')).toBe(101)
    await eventually(() => expect(app.app.io.of('/chat').sockets.size).toBe(2))
    expect(app.app.io.engine.clientsCount).toBe(1)
  })
})

describe('an unsupported upgrade', () => {
  test.each([
    ['curl --http2', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']],
    ['an unknown protocol', ['Connection: upgrade', 'Upgrade: TLS/1.0, foo']],
    ['a WebSocket at a path without one', webSocket],
  ])('the server ignores the upgrade and answers the plain request: %s', async (_, headers) => {
    const app = await startApp()
    const said = await ask(app, '/reports', headers).closed
    expect(statuses(said)).toEqual([200])
    expect(said).toContain('<title>')
  })

  test('an ignored upgrade gets the usual status codes of the API', async () => {
    const app = await startApp()
    const h2c = ['Connection: Upgrade', 'Upgrade: h2c']
    expect(await status(app, '/api/nowhere')).toBe(404)
    expect(await status(app, '/api', h2c)).toBe(200)
    expect(await status(app, '/api/chat/socket?nick=Ada', h2c)).toBe(400)
    expect(await status(app, '/socket.io/?EIO=4&transport=polling', h2c)).toBe(200)
  })

  test('an upgrade with a body is refused, its body is not read as a request, and its connection closes', async () => {
    const app = await startApp()
    const bo = ['GET /api/chat/socket?nick=Bo HTTP/1.1', 'Host: a', ...webSocket, '', ''].join('\r\n')
    for (const target of ['/api/chat/socket?nick=Ada', engine]) {
      const line = ask(app, target, [...webSocket, `Content-Length: ${bo.length}`])
      line.write(bo, bo)
      expect(statuses(await line.closed)).toEqual([400])
    }
    expect((await api(app).get('/api/chat/presence').expect(200)).body.data.total).toBe(0)
    const post = dial(app)
    post.write('POST /api/chat/socket HTTP/1.1', 'Host: a', ...webSocket, 'Content-Length: 0', '', '')
    await eventually(() => expect(statuses(post.said())).toEqual([405]))
  })
})

describe('a connection reset by the client', () => {
  test.each([
    '/nowhere',
    '/socket.io/',
    engine,
    '/api/chat/socket?nick=Ada',
    '/api/chat/socket?token=x',
    '//',
  ])('the server survives a reset right after a request for %s', async (target) => {
    const app = await startApp()
    for (const turns of [0, 1, 2, 5]) {
      const line = ask(app, target)
      await once(line.socket, 'connect')
      for (let n = 0; n < turns; n++) await turn()
      line.reset()
    }
    const answered = ask(app, target)
    await eventually(() => expect(answered.said()).not.toBe(''))
    answered.reset()
    await stands(app)
  })

  test.each([
    ['WebSocket', engine, webSocket],
    ['polling', '/socket.io/?EIO=4&transport=polling', []],
  ])(
    'the server survives 200 resets of connections that wait for admission: %s',
    async (_, target, headers) => {
      const app = await startApp()
      const ada = await visitor(app, 'ada')
      const crowd = Array.from({ length: 200 }, () => dial(app))
      while ((await connectionsOf(app)) < 201) await turn()
      for (const { write } of crowd) write(`GET ${target} HTTP/1.1`, 'Host: a', ...headers, '', '')
      // Some are admitted by now, and most still wait.
      while (app.app.io.engine.clientsCount < 8) await turn()
      crowd.forEach(({ reset }) => reset())
      await stands(app, 1)
      expect((await ada.send('still here')).text).toBe('still here')
      expect(app.app.io.engine.clientsCount).toBeLessThan(100)
    },
  )
})

test('the server survives a broken frame from a connection refused for its foreign origin', async () => {
  const app = await startApp()
  const line = ask(app, '/api/chat/socket', [...webSocket, 'Origin: https://evil.example'])
  // No mask, reserved bits, an unknown kind of frame.
  line.socket.write(Buffer.from([0xff, 0x7f, 1, 2, 3]))
  expect(await line.closed).toContain('101')
  expect((await plainSocket(app, '?nick=Ada').welcome()).self?.nick).toBe('Ada')
})
