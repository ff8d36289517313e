import { describe, expect, test } from '@jest/globals'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

/** Behind a proxy that is believed, so that a test has many addresses. */
const settings = (limit: string) => ({ LIMIT_REQUESTS: limit, TRUST_PROXY: '1' })

const ask = (app: TestApp, path: string, address = '203.0.113.1') =>
  api(app).get(path).set('x-forwarded-for', address)

async function expectRefused(app: TestApp, path: string, address?: string): Promise<void> {
  const { body, headers } = await ask(app, path, address).expect(429)
  expect(body).toEqual(refusal(429, 'RATE_LIMITED'))
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
}

describe('request limit per address', () => {
  test('LIMIT_REQUESTS counts requests for any path, method and status', async () => {
    const app = await startApp({ settings: settings('8/1h') })
    for (const path of [
      '/api',
      '/api/reports',
      '/',
      '/chat/lobby',
      '/feed.xml',
      '/sitemap.xml',
      '/robots.txt',
    ])
      await ask(app, path).expect(200)
    await ask(app, '/api/nothing-here').expect(404)
    for (const path of [
      '/api',
      '/api/nothing-here',
      '/api/openapi.json',
      '/reports',
      '/nothing',
      '/feed.xml',
    ])
      await expectRefused(app, path)
    await api(app).delete('/api').set('x-forwarded-for', '203.0.113.1').expect(429)
    await api(app).post('/api/login').set('x-forwarded-for', '203.0.113.1').send({}).expect(429)
  })

  test('LIMIT_REQUESTS counts each address on its own, with an IPv6 /64 as one address', async () => {
    const app = await startApp({ settings: settings('2/1h') })
    await ask(app, '/api', '2001:db8:0:1::1').expect(200)
    await ask(app, '/api', '2001:db8:0:1:ffff::2').expect(200)
    await expectRefused(app, '/api', '2001:db8:0:1:2:3:4:5')
    await ask(app, '/api', '2001:db8:0:2::1').expect(200)
    await ask(app, '/api', '203.0.113.1').expect(200)
    await ask(app, '/api', '::ffff:203.0.113.1').expect(200)
    await expectRefused(app, '/api', '203.0.113.1')
  })

  test('LIMIT_REQUESTS excludes files of the site, health checks and metrics', async () => {
    const app = await startApp({ settings: { LIMIT_REQUESTS: '1/1h' } })
    await api(app).get('/api').expect(200)
    await api(app).get('/api').expect(429)
    for (let count = 0; count < 3; count += 1)
      for (const path of ['/assets/index-abc123.js', '/sw.js', '/healthz', '/readyz', '/metrics'])
        await api(app).get(path).expect(200)
  })

  test('LIMIT_REQUESTS=off lifts the request limit', async () => {
    const app = await startApp({ settings: settings('off') })
    for (let count = 0; count < 70; count += 1) await ask(app, '/api/chat/search?q=a').expect(200)
  })

  test('LIMIT_REQUESTS has no effect where client addresses are unknown', async () => {
    const app = await startApp({ settings: { LIMIT_REQUESTS: '1/1h', TRUST_PROXY: '0' } })
    for (let count = 0; count < 3; count += 1) await ask(app, '/api').expect(200)
  })
})

describe('weight of a request', () => {
  test.each([
    ['/api/chat/search?q=a', 10],
    ['/api/openapi.json', 10],
    ['/api/docs/swagger-ui.css', 10],
    ['/api/chat/challenge', 5],
    ['/api/chat/rooms/lobby/messages', 2],
    ['/api/chat/rooms/lobby/changes', 1],
  ])('a request to %s counts as %i', async (path, cost) => {
    const app = await startApp({ settings: settings(`${cost}/1h`) })
    await ask(app, path).expect(200)
    await expectRefused(app, '/api')
    const other = '203.0.113.2'
    await ask(app, '/api', other).expect(200)
    await expectRefused(app, path, other)
  })

  test.each(['get', 'delete'] as const)('a %s request to /api/me/words counts as 20', async (method) => {
    const app = await startApp({ settings: settings('19/1h') })
    const refused = await api(app)[method]('/api/me/words').set('x-forwarded-for', '203.0.113.1').expect(429)
    expect(refused.body).toEqual(refusal(429, 'RATE_LIMITED'))
  })
})

describe('beyond the request limit', () => {
  test('the owner’s requests are answered beyond the limit, by token and by cookie', async () => {
    const app = await startApp({ settings: { LIMIT_REQUESTS: '3/1h' } })
    const token = await ownerToken(app)
    for (let count = 0; count < 3; count += 1) await api(app).get('/api')
    await api(app).get('/api').expect(429)
    for (const proof of [bearer(token), { cookie: `me_session=${token}` }]) {
      await api(app).get('/api/chat/search?q=a').set(proof).expect(200)
      await api(app).get('/reports').set(proof).expect(200)
    }
    // A broken token does not lift the limit.
    await api(app).get('/api').set(bearer('a.b.c')).expect(429)
  })

  test('members and visitors are refused beyond the limit', async () => {
    const app = await startApp({ settings: { LIMIT_REQUESTS: '3/1h' } })
    const member = await memberToken(app)
    const { body } = await api(app).post('/api/chat/visitors').send({ nick: 'bo' }).expect(201)
    await api(app).get('/api').expect(200)
    for (const token of [member, (body as { data: { token: string } }).data.token])
      await api(app).get('/api').set(bearer(token)).expect(429)
  })

  test('a page of an allowed origin can read the refusal', async () => {
    const origin = 'https://friend.example'
    const app = await startApp({ settings: { LIMIT_REQUESTS: '1/1h', SITE_ORIGINS: origin } })
    await api(app).get('/api').expect(200)
    const { headers } = await api(app).get('/api').set({ origin }).expect(429)
    expect(headers['access-control-allow-origin']).toBe(origin)
  })
})
