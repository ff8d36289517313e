import { describe, expect, test } from '@jest/globals'
import { api, bearer, memberAccount, memberToken, withOwner } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { closedConnection, connect, leave, refusedConnection, visitor } from './support/visitors.ts'

describe('welcome', () => {
  test('the welcome tells a reader the rooms, people and limits', async () => {
    const app = await startApp()
    const reader = await connect(app)
    expect(reader.welcome).toEqual({
      self: null,
      token: null,
      rooms: [{ name: 'lobby', kind: 'open', title: 'Lobby', locked: false, slowSeconds: 0, seq: 0, rev: 0 }],
      people: [],
      total: 0,
      limits: { text: 4_000, nick: 24, messages: { count: 10, seconds: 10 } },
    })
  })

  test('a nick makes a visitor, who is the same person again with the token', async () => {
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

  test('the welcome recognises a member by token or cookie, and repeats only the token', async () => {
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

  test('the chat works over Socket.IO polling', async () => {
    const app = await startApp()
    const ada = await connect(app, { auth: { nick: 'ada' }, transports: ['polling'] })
    expect(await ada.send('hej')).toMatchObject({ seq: 1 })
  })
})

test('a handshake may send missing values as null', async () => {
  const app = await startApp()
  const nothing = { nick: null, token: null, tab: null, proof: null } as unknown as { nick: string }
  expect((await connect(app, { auth: nothing })).welcome.self).toBeNull()
})

describe('refused connections', () => {
  test.each([
    [{ token: 'nonsense' }, 'TOKEN_INVALID'],
    [{ nick: 'x'.repeat(25) }, 'NICK_INVALID'],
    [{ nick: '<script>' }, 'NICK_INVALID'],
    [{ nick: 'a\u200bb' }, 'NICK_INVALID'],
    [{ nick: 'a\u202eb' }, 'NICK_INVALID'],
    [{ nick: '\u3164' }, 'NICK_INVALID'],
    [{ nick: 7 as unknown as string }, 'NICK_INVALID'],
    [{ token: {} as unknown as string }, 'TOKEN_INVALID'],
  ])('the handshake %j is refused with its code', async (auth, code) => {
    const app = await startApp()
    expect(await refusedConnection(app, { auth })).toMatchObject({ code, message: expect.any(String) })
  })

  test('the root namespace refuses everybody', async () => {
    const app = await startApp()
    expect(await refusedConnection(app, { namespace: '/' })).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a connection from a foreign origin is refused', async () => {
    const app = await startApp()
    const refused = refusedConnection(app, { headers: { origin: 'https://evil.example' } })
    expect(await refused.catch(() => 'let in')).not.toBe('let in')
    await connect(app, { headers: { origin: app.url } })
  })

  test('connections beyond LIMIT_CONNECTIONS are closed until one of the others closes', async () => {
    const app = await startApp({ settings: { LIMIT_CONNECTIONS: '2' } })
    const first = await connect(app)
    await connect(app)
    await closedConnection(app)
    await leave(app, first)
    await connect(app)
  })

  test('new nicks beyond LIMIT_JOINS are refused', async () => {
    const app = await startApp({ settings: { LIMIT_JOINS: '1/10m' } })
    const ada = await visitor(app, 'ada')
    expect(await refusedConnection(app, { auth: { nick: 'bo' } })).toMatchObject({ code: 'RATE_LIMITED' })
    await connect(app, { auth: { token: ada.welcome.token ?? '' } })
  })

  test('an account counts towards LIMIT_JOINS, with an IPv6 /64 as one address', async () => {
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

  test('accounts beyond LIMIT_JOINS are refused, also for a visitor who has a nick', async () => {
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
