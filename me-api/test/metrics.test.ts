import { describe, expect, test } from '@jest/globals'
import { startServer } from './support/program.ts'
import { api, bearer, refusal } from './support/rest.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { connect, eventually, refusedConnection, visitor } from './support/visitors.ts'
import { databaseOf } from './support/database.ts'

const read = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text()

test('they count connections by transport, writes by kind, commits, acknowledgements and refusals', async () => {
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

test("the real program's have the event loop's lag too", async () => {
  const server = await startServer(await databaseOf(temporaryFolder()))
  expect(await read(server.url)).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
})

describe('they are for', () => {
  const token = 'a token of some length'

  test('this machine alone, where there is no token', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    await api(app).get('/metrics').expect(200)
    await api(app).get('/metrics').set('x-forwarded-for', '127.0.0.1').expect(200)
    const { body } = await api(app).get('/metrics').set('x-forwarded-for', '203.0.113.7').expect(403)
    expect(body).toEqual(refusal(403, 'FORBIDDEN'))
  })

  test('nobody without a token, where a proxy forwards that is not believed', async () => {
    const logLines: string[] = []
    const app = await startApp({ logLines })
    await api(app).get('/metrics').expect(200)
    await api(app).get('/metrics').set('x-forwarded-for', '127.0.0.1').expect(403)
    await api(app).get('/metrics').expect(403)
    expect(logLines.filter((line) => line.includes('TRUST_PROXY is 0'))).toHaveLength(1)
  })

  test('who has the token, from everywhere', async () => {
    const app = await startApp({ settings: { METRICS_TOKEN: token } })
    await api(app).get('/metrics').expect(401)
    await api(app).get('/metrics').set(bearer('another of that length')).expect(401)
    await api(app).get('/metrics').set(bearer(token)).set('x-forwarded-for', '203.0.113.7').expect(200)
  })
})

test('the log knows an address only as a keyed hash, the same for the same one', async () => {
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
