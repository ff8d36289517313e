import { describe, expect, test } from '@jest/globals'
import { api, bearer, memberAccount, memberToken, withOwner } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, leave, refusedConnection, visitor } from './support/visitors.ts'

describe('welcome', () => {
  test('tells a reader about the house', async () => {
    const app = await startApp()
    const reader = await connect(app)
    expect(reader.welcome).toEqual({
      self: null,
      token: null,
      rooms: [{ name: 'lobby', title: 'Lobby', locked: false, slowSeconds: 0, seq: 0, rev: 0 }],
      people: [],
      total: 0,
      limits: { text: 4_000, nick: 24, messages: { count: 10, seconds: 10 } },
    })
  })

  test('makes a visitor of a nick, who is the same again by the token', async () => {
    const app = await startApp()
    const first = await visitor(app, '  Ada ')
    expect(first.welcome).toMatchObject({
      self: { nick: 'Ada', role: 'visitor' },
      token: expect.any(String),
      total: 1,
    })
    await leave(app, first)
    const again = await connect(app, { auth: { token: first.welcome.token ?? '', nick: 'ignored' } })
    expect(again.welcome.self).toEqual(first.welcome.self)
    expect(again.welcome.token).toBe(first.welcome.token)
  })

  test('knows a signed-in user by the token, and by the cookie without telling it', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const self = { id: expect.any(String), nick: 'Ada', role: 'member' }
    expect((await connect(app, { auth: { token } })).welcome).toMatchObject({ self, token })
    const byCookie = await connect(app, {
      headers: { cookie: `me_session=${token}` },
      auth: { nick: 'ignored' },
    })
    expect(byCookie.welcome).toMatchObject({ self, token: null, total: 1 })
    const stale = await connect(app, { headers: { cookie: 'me_session=old' } })
    expect(stale.welcome.self).toBeNull()
  })

  test('works over long polling too', async () => {
    const app = await startApp()
    const ada = await connect(app, { auth: { nick: 'ada' }, transports: ['polling'] })
    expect(await ada.send('hej')).toMatchObject({ seq: 1 })
  })
})

test('what a browser never had, it may send as null', async () => {
  const app = await startApp()
  const nothing = { nick: null, token: null, tab: null, proof: null } as unknown as { nick: string }
  expect((await connect(app, { auth: nothing })).welcome.self).toBeNull()
})

describe('a connection is refused with its code', () => {
  test.each([
    [{ token: 'nonsense' }, 'TOKEN_INVALID'],
    [{ nick: 'x'.repeat(25) }, 'NICK_INVALID'],
    [{ nick: '<script>' }, 'NICK_INVALID'],
    [{ nick: 'a\u200bb' }, 'NICK_INVALID'],
    [{ nick: 'a\u202eb' }, 'NICK_INVALID'],
    [{ nick: '\u3164' }, 'NICK_INVALID'],
    [{ nick: 7 as unknown as string }, 'NICK_INVALID'],
    [{ token: {} as unknown as string }, 'TOKEN_INVALID'],
  ])('%j', async (auth, code) => {
    const app = await startApp()
    expect(await refusedConnection(app, { auth })).toMatchObject({ code, message: expect.any(String) })
  })

  test('the root namespace refuses everybody', async () => {
    const app = await startApp()
    expect(await refusedConnection(app, { namespace: '/' })).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a foreign origin', async () => {
    const app = await startApp()
    const refused = refusedConnection(app, { headers: { origin: 'https://evil.example' } })
    expect(await refused.catch(() => 'let in')).not.toBe('let in')
    await connect(app, { headers: { origin: app.url } })
  })

  test('too many from one address, until one closes', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '2' } })
    const first = await connect(app)
    await connect(app)
    expect(await refusedConnection(app, {})).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter: expect.any(Number),
    })
    await leave(app, first)
    await eventually(() => connect(app))
  })

  test('too many new nicks from one address', async () => {
    const app = await startApp({ settings: { LIMIT_JOINS: '1/10m' } })
    const ada = await visitor(app, 'ada')
    expect(await refusedConnection(app, { auth: { nick: 'bo' } })).toMatchObject({ code: 'RATE_LIMITED' })
    await connect(app, { auth: { token: ada.welcome.token ?? '' } })
  })

  test('an account is a new identity too, and a household of IPv6 addresses is one address', async () => {
    const app = await withOwner(await startApp({ settings: { LIMIT_JOINS: '1/10m', TRUST_PROXY: '1' } }))
    const register = (nick: string, address: string) =>
      api(app)
        .post('/api/register')
        .set('X-Forwarded-For', address)
        .send({ ...memberAccount, nick, email: `${nick}@example.org` })
    await register('ada', '2001:db8::1').expect(201)
    await register('bo', '2001:db8::2').expect(429)
    await register('bo', '2001:db8:0:1::1').expect(201)
  })

  test('too many accounts from one address, also by a visitor who has a nick already', async () => {
    const app = await withOwner(await startApp({ settings: { LIMIT_JOINS: '2/10m' } }))
    const ada = await visitor(app, 'ada')
    const register = (nick: string) =>
      api(app)
        .post('/api/register')
        .set(bearer(ada.welcome.token ?? ''))
        .send({ ...memberAccount, nick, email: `${nick}@example.org` })
    await register('ada').expect(201)
    await register('bo').expect(429)
  })
})
