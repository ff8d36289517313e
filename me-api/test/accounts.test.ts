import { describe, expect, test } from '@jest/globals'
import {
  api,
  bearer,
  memberAccount,
  memberToken,
  ownerAccount,
  ownerToken,
  refusal,
  signIn,
  withOwner,
} from './support/rest.ts'
import { startApp } from './support/start-app.ts'

const user = { id: expect.any(String), email: memberAccount.email, nick: 'Ada', role: 'member' }

describe('registering', () => {
  test('registering creates a member and signs them in, with the cookies of a sign-in', async () => {
    const app = await withOwner(await startApp())
    const { body, headers } = await api(app)
      .post('/api/register')
      .set('user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
      .send(memberAccount)
      .expect(201)
    expect(body).toEqual({ data: { user, token: expect.any(String) } })
    const cookies = headers['set-cookie'] as unknown as string[]
    expect(cookies).toEqual([
      expect.stringMatching(/^me_session=.+; Max-Age=\d+; Path=\/; Expires=.+; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^me_device=.+; HttpOnly; SameSite=Lax$/),
    ])
    for (const proof of [bearer(body.data.token), { cookie: cookies[0] ?? '' }]) {
      const me = await api(app).get('/api/me').set(proof).expect(200)
      expect(me.body).toEqual({ data: { user } })
    }
    const sessions = await api(app).get('/api/me/sessions').set(bearer(body.data.token)).expect(200)
    expect(sessions.body.data).toMatchObject([
      { current: true, device: { browser: 'Firefox', system: 'Linux' } },
    ])
  })

  test.each([
    [{ email: 'nobody' }, 'INVALID', '/email'],
    [{ email: 7 }, 'INVALID', '/email'],
    [{ password: 'ninechars' }, 'WEAK', '/password'],
    [{ password: undefined }, 'INVALID', '/password'],
    [{ nick: undefined }, 'INVALID', '/nick'],
    [{ nick: '<b>' }, 'NICK_INVALID', '/nick'],
    [{ nick: 'x'.repeat(25) }, 'NICK_INVALID', '/nick'],
  ])('registering refuses %j', async (fault, code, pointer) => {
    const app = await startApp()
    const { body } = await api(app)
      .post('/api/register')
      .send({ ...memberAccount, ...fault })
      .expect(400)
    expect(body).toEqual(refusal(400, code, pointer))
  })

  test('registering refuses an e-mail that has an account, in upper or lower case', async () => {
    const app = await startApp()
    await memberToken(app)
    const again = { ...memberAccount, email: 'ADA@Example.org', nick: 'other' }
    const { body } = await api(app).post('/api/register').send(again).expect(409)
    expect(body).toEqual(refusal(409, 'CONFLICT', '/email'))
  })

  test.each(['Ada', 'ada', 'ÁDA', 'аdа'])('registering refuses the nick %s beside Ada', async (nick) => {
    const app = await startApp()
    await memberToken(app)
    const { body } = await api(app)
      .post('/api/register')
      .send({ ...memberAccount, email: 'other@example.org', nick })
      .expect(409)
    expect(body).toEqual(refusal(409, 'NICK_RESERVED', '/nick'))
  })

  test('registering refuses a nick in use, except to the visitor who uses it', async () => {
    const app = await withOwner(await startApp())
    const visitor = await api(app).post('/api/chat/visitors').send({ nick: 'Ada' }).expect(201)
    const { body } = await api(app).post('/api/register').send(memberAccount).expect(409)
    expect(body).toEqual(refusal(409, 'NICK_TAKEN', '/nick'))
    await api(app).post('/api/register').set(bearer(visitor.body.data.token)).send(memberAccount).expect(201)
  })

  test('registering is refused with NO_OWNER until there is an owner', async () => {
    const app = await startApp()
    const { body } = await api(app).post('/api/register').send(memberAccount).expect(403)
    expect(body).toEqual(refusal(403, 'NO_OWNER'))
    await withOwner(app)
    await api(app).post('/api/register').send(memberAccount).expect(201)
  })

  test('REGISTRATION=closed refuses registering', async () => {
    const app = await startApp({ settings: { REGISTRATION: 'closed' } })
    const { body } = await api(app).post('/api/register').send(memberAccount).expect(403)
    expect(body).toEqual(refusal(403, 'FORBIDDEN'))
  })
})

describe('signing in', () => {
  test('signing in returns a token, also as a cookie', async () => {
    const app = await startApp()
    await memberToken(app)
    const { body, headers } = await api(app).post('/api/login').send(memberAccount).expect(200)
    expect(body).toEqual({ data: { user, token: expect.any(String) } })
    const [cookie = ''] = headers['set-cookie'] as unknown as string[]
    expect(cookie).toMatch(/^me_session=.+; Max-Age=\d+; Path=\/; Expires=.+; HttpOnly; SameSite=Lax$/)

    for (const proof of [bearer(body.data.token), { 'x-access-token': body.data.token }, { cookie }]) {
      const me = await api(app).get('/api/me').set(proof).expect(200)
      expect(me.body).toEqual({ data: { user } })
    }
  })

  test('signing in over https sets a __Host- cookie', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    await memberToken(app)
    const https = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }
    const { headers } = await api(app).post('/api/login').set(https).send(memberAccount).expect(200)
    expect(headers['set-cookie']?.[0]).toMatch(/^__Host-me_session=.+; HttpOnly; Secure; SameSite=Lax$/)
  })

  test('signing in is refused alike for an unknown e-mail and a wrong password', async () => {
    const app = await startApp()
    await memberToken(app)
    const wrong = await api(app)
      .post('/api/login')
      .send({ ...memberAccount, password: 'not the engine' })
      .expect(401)
    const unknown = await api(app)
      .post('/api/login')
      .send({ email: 'x@example.org', password: 'not the engine' })
      .expect(401)
    expect(wrong.body).toEqual(refusal(401, 'UNAUTHENTICATED'))
    expect(unknown.body).toEqual(wrong.body)
  })

  test('signing in is refused for a while after too many failures, even with the right password', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: '2/15m' } })
    await memberToken(app)
    const attempt = (password: string) =>
      api(app).post('/api/login').send({ email: memberAccount.email, password })
    await attempt(memberAccount.password).expect(200)
    await attempt('wrong password 1').expect(401)
    await attempt('wrong password 2').expect(401)
    const { body, headers } = await attempt(memberAccount.password).expect(429)
    expect(body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(headers['retry-after'])).toBeGreaterThan(800)
  })
})

describe('ending sessions', () => {
  test('signing out ends the session', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const other = await signIn(app, memberAccount)
    const { headers } = await api(app).post('/api/logout').set(bearer(token)).expect(204)
    expect(headers['set-cookie']?.[0]).toMatch(/^me_session=; .*Expires=Thu, 01 Jan 1970/)
    const { body } = await api(app).get('/api/me').set(bearer(token)).expect(401)
    expect(body).toEqual(refusal(401, 'TOKEN_INVALID'))
    await api(app).get('/api/me').set(bearer(other)).expect(200)
  })

  test('signing out succeeds without a session', async () => {
    const app = await startApp()
    await api(app).post('/api/logout').expect(204)
    await api(app).post('/api/logout').set(bearer('nonsense')).expect(204)
  })

  test('a password change ends all other sessions', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const other = await signIn(app, memberAccount)
    const change = (input: object) => api(app).post('/api/me/password').set(bearer(token)).send(input)

    const wrong = await change({ current: 'not the engine', next: 'another engine' }).expect(403)
    expect(wrong.body).toEqual(refusal(403, 'FORBIDDEN', '/current'))
    const weak = await change({ current: memberAccount.password, next: 'short' }).expect(400)
    expect(weak.body).toEqual(refusal(400, 'WEAK', '/next'))
    await change({ current: memberAccount.password, next: 'another engine' }).expect(204)

    await api(app).get('/api/me').set(bearer(token)).expect(200)
    await api(app).get('/api/me').set(bearer(other)).expect(401)
    await signIn(app, { ...memberAccount, password: 'another engine' })
  })
})

describe('authentication of requests', () => {
  test('a request without a token or with a stale cookie is anonymous, and one with a broken token is refused', async () => {
    const app = await startApp()
    const none = await api(app).get('/api/me').expect(401)
    expect(none.body).toEqual(refusal(401, 'UNAUTHENTICATED'))
    const forged = await api(app).get('/api/me').set(bearer('a.b.c')).expect(401)
    expect(forged.body).toEqual(refusal(401, 'TOKEN_INVALID'))
    const stale = await api(app).get('/api/me').set({ cookie: 'me_session=a.b.c' }).expect(401)
    expect(stale.body).toEqual(refusal(401, 'UNAUTHENTICATED'))
  })

  test('a broken token is refused on public routes too, except at sign-in', async () => {
    const app = await startApp()
    await memberToken(app)
    for (const path of ['/api', '/api/reports', '/api/chat/rooms']) {
      const { body } = await api(app).get(path).set(bearer('a.b.c')).expect(401)
      expect(body).toEqual(refusal(401, 'TOKEN_INVALID'))
    }
    await api(app).post('/api/login').set(bearer('a.b.c')).send(memberAccount).expect(200)
  })

  test('a foreign page cannot write with the session cookie', async () => {
    const app = await startApp({ settings: { SITE_ORIGINS: 'https://friend.example' } })
    const cookie = `me_session=${await ownerToken(app)}`
    const write = (origin: string) =>
      api(app).post('/api/markdown').set({ cookie, origin }).send({ text: 'x' })
    const { body } = await write('https://evil.example').expect(403)
    expect(body).toEqual(refusal(403, 'FORBIDDEN'))
    await write('null').expect(403)
    await write(app.url).expect(200)
    await write('https://friend.example').expect(200)
  })
})

describe('secrets', () => {
  test('a new first secret signs, and the old secret still verifies', async () => {
    const [old, fresh] = ['the old secret of sixteen', 'the new secret of sixteen']
    const before = await startApp({ settings: { SESSION_SECRET: old } })
    const token = await ownerToken(before)
    await before.close()
    const between = await startApp({
      settings: { SESSION_SECRET: `${fresh}, ${old}` },
      folder: before.folder,
    })
    await api(between).get('/api/me').set(bearer(token)).expect(200)
    const next = await signIn(between, ownerAccount)
    await between.close()
    const after = await startApp({ settings: { SESSION_SECRET: fresh }, folder: before.folder })
    await api(after).get('/api/me').set(bearer(token)).expect(401)
    await api(after).get('/api/me').set(bearer(next)).expect(200)
  })
})
