import { describe, expect, test } from '@jest/globals'
import { plainSocket } from './support/plain-websocket.ts'
import { api, memberToken, ownerAccount, ownerToken } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect } from './support/visitors.ts'

const overHttps = { 'x-forwarded-proto': 'https' }

type Headers = Record<string, string>

/** Whether these headers sign a client in, over REST and over each kind of socket: the same everywhere. */
async function isSignedIn(app: TestApp, headers: Headers): Promise<boolean> {
  const { status } = await api(app).get('/api/me').set(headers)
  const byWebSocket = await connect(app, { headers })
  const plain = await plainSocket(app, '', headers).welcome()
  for (const { self } of [byWebSocket.welcome, plain]) expect(self !== null).toBe(status === 200)
  return status === 200
}

const secured: [string, Record<string, string>, Headers][] = [
  ['behind a trusted proxy that speaks https', { TRUST_PROXY: '1' }, overHttps],
  ['with a SITE_URL of https', { SITE_URL: 'https://example.org' }, { host: 'example.org' }],
]

describe.each(secured)('%s', (_, settings, headers) => {
  test('only the __Host- session cookie signs a browser in', async () => {
    const app = await startApp({ settings })
    const [own, tossed] = [await signInWith(app, headers), await signInWith(app, headers)]
    expect(await isSignedIn(app, { ...headers, cookie: `__Host-me_session=${own}` })).toBe(true)
    expect(await isSignedIn(app, { ...headers, cookie: `me_session=${tossed}` })).toBe(false)
    expect(await isSignedIn(app, { ...headers, cookie: `me_session=x; __Host-me_session=${own}` })).toBe(true)
    for (const other of ['__host-me_session', '__Secure-me_session', ' __Host-me_session2'])
      expect(await isSignedIn(app, { ...headers, cookie: `${other}=${own}` })).toBe(false)
  })

  test('no answer renews a session cookie that another host may have set', async () => {
    const app = await startApp({ settings })
    const cookie = `me_session=${await signInWith(app, headers)}`
    for (const path of ['/api/me', '/api/me/sessions', '/api', '/']) {
      const answer = await api(app).get(path).set(headers).set({ cookie })
      expect([path, answer.headers['set-cookie']]).toEqual([path, undefined])
    }
  })

  test('a me_device cookie without __Host- does not make a known browser', async () => {
    const app = await startApp({ settings: { ...settings, LIMIT_LOGINS: '1/15m' } })
    await signInWith(app, headers)
    const attempt = (more: Headers, password = 'a guess') =>
      api(app).post('/api/login').set(headers).set(more).send({ email: ownerAccount.email, password })
    const { headers: known } = await attempt({}, ownerAccount.password).expect(200)
    const device = /__Host-me_device=([^;]+)/.exec(String(known['set-cookie']))?.[1]
    await attempt({}).expect(401)
    await attempt({ cookie: `me_device=${device}` }, ownerAccount.password).expect(429)
    await attempt({ cookie: `__Host-me_device=${device}` }, ownerAccount.password).expect(200)
  })
})

test('over http only the session cookie without a prefix signs a browser in', async () => {
  const app = await startApp()
  const token = await memberToken(app)
  expect(await isSignedIn(app, { cookie: `me_session=${token}` })).toBe(true)
  expect(await isSignedIn(app, { cookie: `__Host-me_session=${token}` })).toBe(false)
  // Where no proxy is trusted, the header changes nothing.
  expect(await isSignedIn(app, { ...overHttps, cookie: `me_session=${token}` })).toBe(true)
})

test('two session cookies of the same name are both ignored', async () => {
  const app = await startApp()
  const [mine, tossed] = [await memberToken(app), await ownerToken(app)]
  for (const cookie of [
    `me_session=${tossed}; me_session=${mine}`,
    `me_session=${mine}; a=b;me_session=x`,
    `me_session = ${tossed}; me_session=${mine}`,
  ])
    expect(await isSignedIn(app, { cookie })).toBe(false)
  expect(await isSignedIn(app, { cookie: `a=me_session; me_session=${mine}; me_sessions=x` })).toBe(true)
})

/** A new session of the owner, who is created first if there is none. */
async function signInWith(app: TestApp, headers: Headers): Promise<string> {
  if (!(await app.app.owner.exists())) await app.app.owner.set(ownerAccount)
  const { body } = await api(app).post('/api/login').set(headers).send(ownerAccount).expect(200)
  return (body as { data: { token: string } }).data.token
}
