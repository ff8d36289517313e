import { describe, expect, test } from '@jest/globals'
import { SignJWT, UnsecuredJWT, decodeJwt } from 'jose'
import { createTokens } from '../src/accounts/tokens.ts'
import { systemClock } from '../src/clock.ts'
import { readInstallation } from '../src/db/installation.ts'
import { api, bearer, memberAccount, memberToken, refusal, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, refusedConnection, visitor } from './support/visitors.ts'

const secret = 'a secret for tests that is long enough'
const settings = { SESSION_SECRET: secret }
const keyOf = (text: string) => new TextEncoder().encode(text)

/** A token of the same claims, signed as `sign` says. */
const resigned = (token: string, change: object, key = secret, alg = 'HS256') =>
  new SignJWT({ ...decodeJwt(token), ...change }).setProtectedHeader({ alg }).sign(keyOf(key))

/** The claims changed, the signature left as it was. */
function edited(token: string, change: object): string {
  const [head, , signature] = token.split('.')
  const claims = Buffer.from(JSON.stringify({ ...decodeJwt(token), ...change })).toString('base64url')
  return [head, claims, signature].join('.')
}

/** Ways to forge a token out of a valid one. */
const forgeries: [string, (token: string, app: TestApp) => string | Promise<string>][] = [
  ['without an algorithm', (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
  ['with another algorithm', (token) => resigned(token, {}, secret.repeat(2), 'HS512')],
  ['signed with another key', (token) => resigned(token, {}, 'some other secret of some length')],
  ['of another installation', (token) => resigned(token, { iss: 'me:00000000-0000-4000-8000-000000000000' })],
  ['without an installation', (token) => resigned(token, { iss: undefined })],
  ['for another audience', (token) => resigned(token, { aud: 'another:session' })],
  ['for several audiences', (token) => resigned(token, { aud: ['another', 'me:visitor', 'me:session'] })],
  ['for a known browser', (token) => resigned(token, { aud: 'me:device' })],
  ['that has expired', (token) => resigned(token, { exp: 1_000_000 })],
  ['with an edited id', (token) => edited(token, { sub: crypto.randomUUID() })],
  ['with an edited expiry', (token) => edited(token, { exp: 9_999_999_999 })],
  ['cut short', (token) => token.slice(0, -1)],
  ['that is no token at all', () => 'null'],
]

const tokenInvalid = expect.objectContaining({ code: 'TOKEN_INVALID' })

describe.each(forgeries)('a forged token %s', (_name, forge) => {
  test('the server refuses a forged token in headers and cookies, over REST and every kind of socket', async () => {
    const app = await startApp({ settings })
    const session = await forge(await memberToken(app), app)
    const { welcome } = await visitor(app, 'bo')
    const visitors = await forge(welcome.token ?? '', app)

    for (const token of [session, visitors]) {
      for (const header of [bearer(token), { 'x-access-token': token }]) {
        for (const path of ['/api', '/api/me', '/api/chat/rooms']) {
          const { body } = await api(app).get(path).set(header).expect(401)
          expect(body).toEqual(refusal(401, 'TOKEN_INVALID'))
        }
        const post = api(app).post('/api/chat/rooms/lobby/messages').set(header)
        expect((await post.send({ text: 'x' }).expect(401)).body).toEqual(refusal(401, 'TOKEN_INVALID'))
        await api(app).post('/api/me/password').set(header).send({}).expect(401)
      }
      for (const name of ['me_session', '__Host-me_session']) {
        const cookie = `${name}=${token}`
        const { body } = await api(app).get('/api/me').set({ cookie }).expect(401)
        expect(body).toEqual(refusal(401, 'UNAUTHENTICATED'))
        const reader = await connect(app, { headers: { cookie } })
        expect(reader.welcome.self).toBeNull()
      }
      for (const transport of ['websocket', 'polling'] as const) {
        const refused = await refusedConnection(app, { auth: { token }, transports: [transport] })
        expect(refused).toEqual(tokenInvalid)
      }
    }
  })
})

describe('a valid token', () => {
  test('another installation with the same secret refuses a valid token', async () => {
    const app = await startApp({ settings })
    const other = await startApp({ settings })
    const [session, { welcome }] = [await memberToken(app), await visitor(app, 'bo')]
    for (const token of [session, welcome.token ?? '']) {
      const { body } = await api(other).get('/api/me').set(bearer(token)).expect(401)
      expect(body).toEqual(refusal(401, 'TOKEN_INVALID'))
      expect(await refusedConnection(other, { auth: { token } })).toEqual(tokenInvalid)
    }
    await connect(app, { auth: { token: welcome.token ?? '' } })
  })

  test('a valid token works on every node of one database and after a restart', async () => {
    const app = await startApp({ settings })
    const node = await startApp({ settings, folder: app.folder })
    expect(await readInstallation(node.db)).toEqual(await readInstallation(app.db))
    const [session, { welcome }] = [await memberToken(app), await visitor(app, 'bo')]
    await app.close()
    await api(node).get('/api/me').set(bearer(session)).expect(200)
    await node.close()
    const restarted = await startApp({ settings, folder: app.folder })
    await api(restarted).get('/api/me').set(bearer(session)).expect(200)
    const back = await connect(restarted, { auth: { token: welcome.token ?? '' } })
    expect(back.welcome.self?.id).toBe(welcome.self?.id)
  })

  test('a token issued before the installation had a name keeps working', async () => {
    const app = await startApp({ settings })
    const { madeAt } = await readInstallation(app.db)
    const before = { iss: undefined, iat: Math.floor(madeAt / 1_000) - 60 }
    const { welcome } = await visitor(app, 'bo')
    const token = await resigned(welcome.token ?? '', before)
    const back = await connect(app, { auth: { token } })
    expect(back.welcome.self?.id).toBe(welcome.self?.id)
    const session = await resigned(await memberToken(app), before)
    await api(app).get('/api/me').set(bearer(session)).expect(200)
  })

  test('a visitor’s token opens no account', async () => {
    const app = await startApp({ settings })
    const { welcome } = await visitor(app, 'bo')
    const { body } = await api(app)
      .get('/api/me')
      .set(bearer(welcome.token ?? ''))
      .expect(401)
    expect(body).toEqual(refusal(401, 'UNAUTHENTICATED'))
    const cookie = `me_session=${welcome.token}`
    await api(app).get('/api/me').set({ cookie }).expect(401)
  })
})

test('a token verifies with any of the current secrets, and only as the kind it was signed for', async () => {
  const parts = { installation: { name: 'one', madeAt: 0 }, clock: systemClock }
  const old = createTokens({ ...parts, secrets: ['the old secret'] })
  const both = createTokens({ ...parts, secrets: ['the new secret', 'the old secret'] })
  const token = await old.sign({ kind: 'visitor', id: 'bo' })
  const claim = { kind: 'visitor', id: 'bo', generation: 0 } as const
  expect(await both.verify(token, 'session', 'visitor')).toEqual(claim)
  const later = await old.sign({ ...claim, generation: 2 })
  expect(await both.verify(later, 'visitor')).toEqual({ ...claim, generation: 2 })
  expect(await both.verify(token, 'session')).toBeNull()
  expect(await old.verify(await both.sign({ kind: 'visitor', id: 'bo' }), 'visitor')).toBeNull()
})

test('a password change closes the sockets of all other sessions on every transport', async () => {
  const app = await startApp({ settings })
  const token = await memberToken(app)
  for (const transport of ['websocket', 'polling'] as const) {
    const other = await signIn(app, memberAccount)
    const socket = await connect(app, { auth: { token: other }, transports: [transport] })
    const byCookie = await connect(app, {
      headers: { cookie: `me_session=${other}` },
      transports: [transport],
    })
    const gone = [socket.disconnected(), byCookie.disconnected()]
    const same = { current: memberAccount.password, next: memberAccount.password }
    await api(app).post('/api/me/password').set(bearer(token)).send(same).expect(204)
    await Promise.all(gone)
    expect(await refusedConnection(app, { auth: { token: other } })).toEqual(tokenInvalid)
  }
  await api(app).get('/api/me').set(bearer(token)).expect(200)
})
