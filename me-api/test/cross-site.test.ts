import { describe, expect, test } from '@jest/globals'
import { WebSocket } from 'ws'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, memberAccount, ownerAccount, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const evil = 'https://evil.example'

/** What Engine.IO answers to a request of its own. */
const poll = (app: TestApp, query = '', headers: Record<string, string> = {}) =>
  api(app).get(`/socket.io/?EIO=4&transport=polling${query}`).set(headers)

/** A polling connection, opened by a page of the site. */
async function openPolling(app: TestApp): Promise<string> {
  const { text } = await poll(app, '', { origin: app.url }).expect(200)
  return (JSON.parse(text.slice(1)) as { sid: string }).sid
}

/** How a WebSocket's opening ends. */
const upgrade = (app: TestApp, query: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve) => {
    const address = `${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket${query}`
    const socket = new WebSocket(address, { headers })
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
    socket.once('open', () => (socket.close(), resolve(101)))
    socket.once('error', () => {})
  })

describe('foreign pages', () => {
  test.each([
    ['a foreign origin', { origin: evil }],
    ['the origin null', { origin: 'null' }],
    ['a name that begins like the site’s', { origin: 'https://localhost.evil.example' }],
    ['no origin, a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['no origin, a same-site fetch', { 'sec-fetch-site': 'same-site' }],
  ])('a foreign page cannot open a socket: %s', async (_, headers) => {
    const app = await startApp()
    const { body } = await poll(app, '', headers).expect(403)
    expect(body).toEqual(refusal(403, 'FORBIDDEN'))
    expect(await upgrade(app, '', headers)).toBe(400)
  })

  test('a foreign page cannot poll, send to or upgrade a connection whose id it knows', async () => {
    const app = await startApp()
    const sid = await openPolling(app)
    await poll(app, `&sid=${sid}`, { origin: evil }).expect(403)
    await api(app)
      .post(`/socket.io/?EIO=4&transport=polling&sid=${sid}`)
      .set({ origin: evil, 'content-type': 'text/plain' })
      .send('40/chat,{"nick":"evil"}')
      .expect(403)
    expect(await upgrade(app, `&sid=${sid}`, { origin: evil })).toBe(400)
    expect(await upgrade(app, `&sid=${sid}`, { origin: app.url })).toBe(101)
  })

  test('a foreign page cannot sign in, register or join by a form', async () => {
    const app = await startApp()
    await ownerToken(app)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      for (const [path, body] of [
        ['/api/login', ownerAccount],
        ['/api/register', memberAccount],
        ['/api/chat/visitors', { nick: 'ada' }],
      ] as const) {
        const answer = await api(app)
          .post(path)
          .set({ origin: evil, 'content-type': type })
          .send(JSON.stringify(body))
        expect([path, answer.status]).toEqual([path, 403])
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
  })

  test('a foreign page cannot sign anybody out', async () => {
    const app = await startApp()
    const cookie = `me_session=${await ownerToken(app)}`
    const { body } = await api(app).post('/api/logout').set({ cookie, origin: evil }).expect(403)
    expect(body).toEqual(refusal(403, 'FORBIDDEN'))
    await api(app).post('/api/logout').set({ cookie, 'sec-fetch-site': 'cross-site' }).expect(403)
    // The browser sends no SameSite cookie with a foreign form, but would take the answer's.
    const form = api(app).post('/api/logout').set({ origin: evil }).type('form').send('a=b')
    expect((await form.expect(403)).headers['set-cookie']).toBeUndefined()
    await api(app).get('/api/me').set({ cookie }).expect(200)
  })

  test.each(['post', 'put', 'patch', 'delete'] as const)(
    'a foreign page cannot %s to any path',
    async (method) => {
      const app = await startApp()
      const token = bearer(await ownerToken(app))
      for (const path of ['/', '/nothing', '/healthz', '/feed.xml', '/api', '/api/nothing', '/api/logout']) {
        const { body } = await api(app)
          [method](path)
          .set({ ...token, origin: evil })
          .expect(403)
        expect(body).toEqual(refusal(403, 'FORBIDDEN'))
      }
      await api(app).options('/api').set({ origin: evil }).expect(405)
      await api(app).get('/api').set({ origin: evil }).expect(200)
      await api(app).head('/').set({ origin: evil }).expect(200)
    },
  )

  test('a foreign page gets no CORS headers', async () => {
    const app = await startApp()
    for (const path of [
      '/api',
      '/api/chat/rooms',
      '/api/nothing',
      '/socket.io/?EIO=4&transport=polling',
      '/',
    ]) {
      const { headers } = await api(app).get(path).set({ origin: evil })
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

describe('checks of the origin', () => {
  const site = { SITE_URL: 'https://example.org' }
  const proxied = { TRUST_PROXY: '1' }
  const overHttps = { 'x-forwarded-proto': 'https' }
  type Headers = Record<string, string>
  test.each<[string, Headers, Headers, boolean]>([
    ['no origin, from a script', {}, {}, true],
    ['no origin, a navigation by the user', {}, { 'sec-fetch-site': 'none' }, true],
    ['no origin, same-origin', {}, { 'sec-fetch-site': 'same-origin' }, true],
    ['no origin, cross-site', {}, { 'sec-fetch-site': 'cross-site' }, false],
    ['no origin, same-site', {}, { 'sec-fetch-site': 'same-site' }, false],
    ['the host', {}, { origin: 'http://example.org' }, true],
    ['the host where the scheme is unknown', {}, { origin: 'https://example.org' }, true],
    [
      'the host by another scheme',
      {},
      { origin: 'http://example.org', 'sec-fetch-site': 'cross-site' },
      false,
    ],
    ['the host and the scheme’s port', {}, { origin: 'https://example.org', host: 'example.org:443' }, true],
    ['the host and another port', {}, { origin: 'http://example.org:8080' }, false],
    ['the port of the other scheme', {}, { origin: 'https://example.org', host: 'example.org:80' }, false],
    ['the origin null', {}, { origin: 'null' }, false],
    ['an empty origin', {}, { origin: '' }, false],
    ['two origins', {}, { origin: 'http://example.org, http://example.org' }, false],
    ['another subdomain', {}, { origin: 'http://www.example.org' }, false],
    ['a user name before a foreign host', {}, { origin: 'http://example.org@evil.example' }, false],
    ['another scheme', {}, { origin: 'ftp://example.org' }, false],
    ['SITE_URL', site, { origin: 'https://example.org' }, true],
    ['SITE_URL with a trailing dot', site, { origin: 'https://example.org.', host: 'example.org.' }, true],
    ['SITE_URL by http', site, { origin: 'http://example.org' }, false],
    ['SITE_URL at another port', site, { origin: 'https://example.org:8443' }, false],
    ['https behind a proxy', proxied, { origin: 'https://example.org', ...overHttps }, true],
    ['http, https behind a proxy', proxied, { origin: 'http://example.org', ...overHttps }, false],
    [
      'https, http behind a proxy',
      proxied,
      { origin: 'https://example.org', 'x-forwarded-proto': 'http' },
      false,
    ],
    ['https behind a proxy without X-Forwarded-Proto', proxied, { origin: 'https://example.org' }, true],
    ['the scheme from an untrusted proxy', {}, { origin: 'http://example.org', ...overHttps }, true],
    [
      'the forwarded host',
      proxied,
      { origin: 'http://example.org', host: 'api', 'x-forwarded-host': 'example.org' },
      true,
    ],
    ['a forged forwarded host', {}, { origin: evil, 'x-forwarded-host': 'evil.example' }, false],
    ['one of SITE_ORIGINS', { SITE_ORIGINS: evil }, { origin: evil, 'sec-fetch-site': 'cross-site' }, true],
  ])(
    'the server accepts requests and sockets from its own origins only: %s',
    async (_, settings, headers, isOwn) => {
      const app = await startApp({ settings })
      const sent = { host: 'example.org', ...headers }
      await api(app)
        .post('/api/logout')
        .set(sent)
        .expect(isOwn ? 204 : 403)
      await poll(app, '', sent).expect(isOwn ? 200 : 403)
      expect(await upgrade(app, '', sent)).toBe(isOwn ? 101 : 400)
      const plain = plainSocket(app, '', sent)
      if (isOwn) await plain.welcome()
      else expect(await plain.closed).toEqual({ code: 4403, reason: 'FORBIDDEN' })
    },
  )
})

test('connection ids are 128 random bits', async () => {
  const app = await startApp()
  const ids = await Promise.all(Array.from({ length: 50 }, () => openPolling(app)))
  for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(16)
  // Of each byte some bit differs between any two; a counter or a clock in the ids would leave bytes alike.
  const bytes = ids.map((id) => Buffer.from(id, 'base64url'))
  for (let at = 0; at < 16; at++) expect(new Set(bytes.map((id) => id[at])).size).toBeGreaterThan(25)
  await poll(app, `&sid=${ids[0]?.slice(1)}A`).expect(400)
  await poll(app, '&sid=__proto__').expect(400)
})

describe('security headers', () => {
  const strict = {
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': expect.stringMatching(/camera=\(\).*geolocation=\(\).*microphone=\(\)/),
    'strict-transport-security': 'max-age=31536000',
  }

  test.each(['/', '/chat', '/api', '/api/nothing', '/assets/index-abc123.js', '/api/docs', '/feed.xml'])(
    'security headers of %s forbid frames, openers, type sniffing and devices',
    async (path) => {
      const app = await startApp()
      const { headers } = await api(app).get(path)
      expect(headers).toMatchObject(strict)
      expect(headers).not.toHaveProperty('x-powered-by')
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';/)
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|http:/)
    },
  )

  test('Trusted Types allow only the policies `vue` and `me`', async () => {
    const app = await startApp()
    const { headers } = await api(app).get('/')
    expect(headers['content-security-policy']).toContain(
      "require-trusted-types-for 'script';trusted-types vue me",
    )
  })

  test('cookies over https are bound to this host', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    await ownerToken(app)
    const { headers } = await api(app)
      .post('/api/login')
      .set({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' })
      .send(ownerAccount)
      .expect(200)
    for (const cookie of headers['set-cookie'] ?? [])
      expect(cookie).toMatch(
        /^__Host-\w+=(?=.*; Path=\/)(?=.*; HttpOnly)(?=.*; Secure)(?=.*; SameSite=Lax)(?!.*Domain)/,
      )
  })
})
