import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { startServer } from './support/program.ts'
import { jsonOf, sendRaw } from './support/raw-request.ts'
import { api, bearer, refusal } from './support/rest.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'
import { databaseOf } from './support/database.ts'

const read = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text()

test('metrics count connections by transport, writes by kind, commits, acknowledgements and refusals', async () => {
  const app = await startApp()
  const ada = await visitor(app, 'ada')
  await connect(app, { transports: ['polling'] })
  await ada.enter()
  const { id } = await ada.send('hi')
  await ada.send({ id, text: 'hi' })
  await ada.ask('message:edit', { id, text: 'hello' })
  await ada.emit('message:send', { room: 'lobby' })
  await ada.emit('no:such', {})
  await refusedConnection(app, { auth: { nick: 'ada' } })
  await api(app).get('/api/nothing').expect(404)
  await eventually(async () => {
    const text = await read(app.url)
    expect(text).toContain('me_connections{transport="websocket"} 1')
    expect(text).toContain('me_connections{transport="polling"} 1')
    expect(text).toContain('me_writes_total{kind="edit"} 1')
    expect(text).toMatch(/me_commit_writes_count [23]/)
    expect(text).toMatch(/me_fan_out_seconds_count 2/)
    expect(text).toContain('me_ack_seconds_count{event="message:send"} 2')
    expect(text).toContain('me_refused_total{code="INVALID"} 2')
    expect(text).toContain('me_refused_total{code="NICK_TAKEN"} 1')
    expect(text).toContain('me_refused_total{code="NOT_FOUND"} 1')
    // Names that a client makes up are no labels.
    expect(text).not.toContain('no:such')
  })
})

test('metrics of the running program include event-loop lag', async () => {
  const server = await startServer(await databaseOf(temporaryFolder()))
  expect(await read(server.url)).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
})

describe('access to metrics', () => {
  const token = 'a token of some length'

  test.each(['localhost', 'LOCALHOST:1337', 'localhost.', '127.0.0.1', '127.8.8.8:80', '[::1]:1337'])(
    'metrics are open to a program on this machine without METRICS_TOKEN: %s',
    async (host) => {
      const app = await startApp()
      expect((await sendRaw(app, 'GET /metrics', `Host: ${host}`)).status).toBe(200)
    },
  )

  test.each([
    ['a rebound DNS name', ['Host: rebound.example']],
    ['localhost as part of another name', ['Host: localhost.example']],
    ['the public name behind a proxy', ['Host: example.org']],
    ['a network address of this machine', ['Host: 192.168.1.7:1337']],
    ['the address 0.0.0.0', ['Host: 0.0.0.0:1337']],
    ['an absolute target with another name', ['Host: localhost'], 'http://example.org/metrics'],
    ...[
      'X-Forwarded-For: 203.0.113.7',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Host: localhost',
      'X-Forwarded-Proto: https',
      'X-Real-IP: 127.0.0.1',
      'X-Request-Id: 1',
      'X-Forwarded-For:',
      'Forwarded: for=127.0.0.1',
      'Via: 1.1 proxy',
    ].map((header): [string, string[]] => [header, ['Host: localhost', header]]),
  ])(
    'metrics answer 403 without METRICS_TOKEN to other hosts and proxied requests: %s',
    async (_, headers, target = '/metrics') => {
      for (const TRUST_PROXY of ['0', '1']) {
        const app = await startApp({ settings: { TRUST_PROXY } })
        const answer = await sendRaw(app, `GET ${target}`, ...headers)
        expect(jsonOf(answer)).toEqual(refusal(403, 'FORBIDDEN'))
        // One proxied request is no reason against the next that is not.
        expect((await sendRaw(app, 'GET /metrics', 'Host: localhost')).status).toBe(200)
      }
    },
  )

  test.each(['192.168.1.7', '203.0.113.7', '10.0.0.1', '2001:db8::1'])(
    'metrics answer 403 without METRICS_TOKEN to another machine: %s',
    async (peer) => {
      const app = await startApp()
      app.app.server.prependListener('connection', (socket: Socket) =>
        Object.defineProperty(socket, 'remoteAddress', { value: peer }),
      )
      const answer = await sendRaw(app, 'GET /metrics', 'Host: localhost')
      expect(jsonOf(answer)).toEqual(refusal(403, 'FORBIDDEN'))
    },
  )

  test('metrics are open from everywhere with METRICS_TOKEN', async () => {
    const app = await startApp({ settings: { METRICS_TOKEN: token } })
    await api(app).get('/metrics').expect(401)
    await api(app).get('/metrics').set(bearer('another of that length')).expect(401)
    await api(app).get('/metrics').set(bearer(token)).set('x-forwarded-for', '203.0.113.7').expect(200)
  })
})

test('the log shows an address only as a keyed hash, the same for the same address', async () => {
  const logLines: string[] = []
  const app = await startApp({ logLines, settings: { TRUST_PROXY: '1' } })
  for (const address of ['203.0.113.7', '203.0.113.7', '203.0.113.8'])
    await api(app).get('/api').set('x-forwarded-for', address).expect(200)
  await eventually(() => expect(logLines).toHaveLength(3))
  const clients = logLines.map((line) => (JSON.parse(line) as { req: { client: string } }).req.client)
  expect(clients[0]).toMatch(/^[\w-]{12}$/)
  expect(clients[1]).toBe(clients[0])
  expect(clients[2]).not.toBe(clients[0])
  expect(logLines.join('')).not.toContain('203.0.113')
})
