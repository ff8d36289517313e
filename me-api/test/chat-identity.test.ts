import { describe, expect, test } from '@jest/globals'
import { createAccountsStore } from '../src/accounts/accounts.store.ts'
import { createOwner } from '../src/accounts/owner.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

/** Has a visitor leave, and waits until the server has seen it. */
async function leave({ app }: TestApp, one: Visitor): Promise<void> {
  const { id = '' } = one.socket
  one.socket.disconnect()
  await eventually(() => expect(app.io.of('/chat').sockets.has(id)).toBe(false))
}

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
})

describe('a nick', () => {
  test.each(['ada', 'ADA', 'Ádä', 'аdа', 'ａｄａ'])('taken by ada is not to be had as %s', async (nick) => {
    const app = await startApp()
    await visitor(app, 'ada')
    expect(await refusedConnection(app, { auth: { nick } })).toMatchObject({ code: 'NICK_TAKEN' })
  })

  test.each([
    ['Ingrid', 'lngrid'],
    ['Hana', 'Нana'],
    ['Ada B', 'Ada  B'],
    ['mirror', 'rnirror'],
    ['O0O', 'ooo'],
  ])('%s looks like %s', async (one, other) => {
    const app = await startApp()
    await visitor(app, one)
    expect(await refusedConnection(app, { auth: { nick: other } })).toMatchObject({ code: 'NICK_TAKEN' })
  })

  test.each(['Åsa', '夏目', 'Зоя', 'محمد', "O'Neill", 'a.b_c-d', '7', 'é'.normalize('NFD')])(
    '%s is one',
    async (nick) => {
      const app = await startApp()
      expect((await visitor(app, nick)).welcome.self?.nick).toBe(nick.normalize('NFKC'))
    },
  )

  test('of a registered user is reserved', async () => {
    const app = await startApp()
    await memberToken(app)
    expect(await refusedConnection(app, { auth: { nick: 'áda' } })).toMatchObject({ code: 'NICK_RESERVED' })
  })

  test('is held a minute after its visitor left, and then free', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    await leave(app, await visitor(app, 'ada'))
    clock.advance(59_000)
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toMatchObject({ code: 'NICK_TAKEN' })
    clock.advance(2_000)
    await visitor(app, 'ada')
  })

  test('lost meanwhile leaves its visitor without one until they choose', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = await visitor(app, 'ada')
    await leave(app, ada)
    clock.advance(61_000)
    await visitor(app, 'ada')
    const back = await connect(app, { auth: { token: ada.welcome.token ?? '' } })
    expect(back.welcome.self).toEqual({ ...ada.welcome.self, nick: null })
    expect(await back.emit('nick:set', { nick: 'ada' })).toMatchObject({ error: { code: 'NICK_TAKEN' } })
    expect(await back.setNick('ada 2')).toMatchObject({ self: { id: ada.welcome.self?.id, nick: 'ada 2' } })
    expect(await back.send('back')).toMatchObject({ author: { nick: 'ada 2' } })
  })

  test('is the same visitor from the same tab over a restart, without a token', async () => {
    const app = await startApp()
    const first = await visitor(app, 'ada', 'tab 1')
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    expect((await visitor(restarted, 'ada', 'tab 1')).welcome.self).toEqual(first.welcome.self)
  })

  test('is kept for its visitor over a restart', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    expect(await refusedConnection(restarted, { auth: { nick: 'ada' } })).toMatchObject({
      code: 'NICK_TAKEN',
    })
    const back = await connect(restarted, { auth: { token: ada.welcome.token ?? '' } })
    expect(back.welcome.self).toEqual(ada.welcome.self)
  })
})

describe('nick:set', () => {
  test('turns a reader into a visitor', async () => {
    const app = await startApp()
    const reader = await connect(app)
    const { self, token } = await reader.setNick('ada')
    expect(self).toMatchObject({ nick: 'ada', role: 'visitor' })
    const again = await connect(app, { auth: { token: token ?? '' } })
    expect(again.welcome.self).toEqual(self)
  })

  test('renames a visitor, whose messages keep their names and whose old nick waits a minute for them', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = await visitor(app, 'ada')
    const before = await ada.send('one')
    await ada.setNick('Ada L')
    const after = await ada.send('two')
    expect([before, after].map(({ author }) => author)).toEqual([
      { id: ada.welcome.self?.id, nick: 'ada', role: 'visitor' },
      { id: ada.welcome.self?.id, nick: 'Ada L', role: 'visitor' },
    ])
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toMatchObject({ code: 'NICK_TAKEN' })
    await ada.setNick('ada')
    await ada.setNick('Ada L')
    clock.advance(61_000)
    await visitor(app, 'ada')
    expect(await refusedConnection(app, { auth: { nick: 'ada l' } })).toMatchObject({ code: 'NICK_TAKEN' })
  })

  test('is limited, so that nobody can hold a row of nicks', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: '2/10s' } })
    const ada = await visitor(app, 'ada')
    await ada.setNick('one')
    await ada.setNick('two')
    expect(await ada.emit('nick:set', { nick: 'three' })).toMatchObject({ error: { code: 'RATE_LIMITED' } })
  })

  test('renames a member for good', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const ada = await connect(app, { auth: { token } })
    await ada.setNick('Countess')
    const { body } = await api(app).get('/api/me').set(bearer(token)).expect(200)
    expect(body.data.user.nick).toBe('Countess')
    expect(await refusedConnection(app, { auth: { nick: 'countess' } })).toMatchObject({
      code: 'NICK_RESERVED',
    })
    await visitor(app, 'Ada')
  })

  test.each([
    [{ nick: '' }, 'NICK_INVALID'],
    [{ nick: 'owner' }, 'NICK_RESERVED'],
    [{ nick: 'Bo' }, 'NICK_TAKEN'],
    [{}, 'INVALID'],
  ])('refuses %j', async (input, code) => {
    const app = await startApp()
    await ownerToken(app)
    await visitor(app, 'bo')
    const ada = await visitor(app, 'ada')
    expect(await ada.emit('nick:set', input)).toMatchObject({ ok: false, error: { code } })
    expect(await ada.send('still me')).toMatchObject({ author: { nick: 'ada' } })
  })
})

describe('the same tab', () => {
  test('takes the place of its former connection at once', async () => {
    const app = await startApp()
    const first = await visitor(app, 'ada', 'tab 1')
    const gone = first.disconnected()
    const second = await connect(app, { auth: { token: first.welcome.token ?? '', tab: 'tab 1' } })
    expect(await gone).toBe('io server disconnect')
    expect(second.welcome).toMatchObject({ self: first.welcome.self, total: 1 })
    const otherTab = await connect(app, { auth: { token: first.welcome.token ?? '', tab: 'tab 2' } })
    expect(await otherTab.send('both live')).toBeDefined()
    expect(await second.send('both live')).toBeDefined()
  })

  test('is the same visitor by nick alone, where the token never arrived', async () => {
    const app = await startApp()
    const first = await visitor(app, 'ada', 'tab 1')
    const second = await visitor(app, 'ada', 'tab 1')
    expect(second.welcome.self).toEqual(first.welcome.self)
    expect(await refusedConnection(app, { auth: { nick: 'ada', tab: 'tab 2' } })).toMatchObject({
      code: 'NICK_TAKEN',
    })
  })
})

describe('a session that ends', () => {
  test('by a command beside the server closes its sockets within seconds', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const bo = await visitor(app, 'bo')
    const gone = owner.disconnected()
    await createOwner({ store: createAccountsStore(app.db), clock }).set(ownerAccount)
    clock.advance(5_000)
    await gone
    expect(await bo.send('still here')).toBeDefined()
  })

  test('by signing out closes its sockets, and no others', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const ada = await connect(app, { auth: { token } })
    const bo = await visitor(app, 'bo')
    const gone = ada.disconnected()
    await api(app).post('/api/logout').set(bearer(token)).expect(204)
    expect(await gone).toBe('io server disconnect')
    expect(await bo.send('still here')).toBeDefined()
  })

  test('by a new password closes the other sockets', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const { body } = await api(app).post('/api/login').send(memberAccount).expect(200)
    const other = await connect(app, { auth: { token: body.data.token } })
    const gone = other.disconnected()
    const change = { current: memberAccount.password, next: 'another engine' }
    await api(app).post('/api/me/password').set(bearer(token)).send(change).expect(204)
    await gone
  })
})

describe('a script', () => {
  test('gets an identity and talks over REST', async () => {
    const app = await startApp()
    const reader = await connect(app)
    await reader.enter()
    const { body } = await api(app).post('/api/chat/visitors').send({ nick: 'bot' }).expect(201)
    const { self, token } = body.data
    expect(self).toEqual({ id: expect.any(String), nick: 'bot', role: 'visitor' })

    const post = (input: object) =>
      api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send(input)
    const sent = await post({ text: 'beep' }).expect(201)
    expect(sent.body.data).toMatchObject({ text: 'beep', author: self, seq: 1 })
    const again = await post({ id: sent.body.data.id, text: 'beep' }).expect(200)
    expect(again.body).toEqual(sent.body)
    await eventually(() => expect(reader.seen()).toEqual([sent.body.data]))
    expect((await post({ text: ' ' }).expect(400)).body).toEqual(refusal(400, 'INVALID', '/text'))
    expect((await post({ text: 'x'.repeat(4_001) }).expect(400)).body).toEqual(
      refusal(400, 'TOO_LONG', '/text'),
    )
  })

  test('is told what is wrong with its nick or its token', async () => {
    const app = await startApp()
    await visitor(app, 'ada')
    const make = (nick: unknown) => api(app).post('/api/chat/visitors').send({ nick })
    expect((await make('ada').expect(409)).body).toEqual(refusal(409, 'NICK_TAKEN', '/nick'))
    expect((await make('<b>').expect(400)).body).toEqual(refusal(400, 'NICK_INVALID', '/nick'))
    expect((await make(7).expect(400)).body).toEqual(refusal(400, 'INVALID', '/nick'))
    const post = () => api(app).post('/api/chat/rooms/lobby/messages').send({ text: 'x' })
    expect((await post().expect(401)).body).toEqual(refusal(401, 'UNAUTHENTICATED'))
    expect((await post().set(bearer('x')).expect(401)).body).toEqual(refusal(401, 'TOKEN_INVALID'))
  })
})
