import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberToken, ownerToken, refusal, signIn, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, leave, refusedConnection, visitor } from './support/visitors.ts'

describe('nick rules', () => {
  test.each(['ada', 'ADA', 'Ádä', 'аdа', 'ａｄａ'])('a nick taken by ada is refused as %s', async (nick) => {
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
  ])('the nick %s blocks the look-alike %s', async (one, other) => {
    const app = await startApp()
    await visitor(app, one)
    expect(await refusedConnection(app, { auth: { nick: other } })).toMatchObject({ code: 'NICK_TAKEN' })
  })

  test.each(['Åsa', '夏目', 'Зоя', 'محمد', "O'Neill", 'a.b_c-d', '7', 'é'.normalize('NFD')])(
    'the nick %s is valid',
    async (nick) => {
      const app = await startApp()
      expect((await visitor(app, nick)).welcome.self?.nick).toBe(nick.normalize('NFKC'))
    },
  )

  test.each([
    ...['example.com', 'me.example.org', 'foo.se', 'Ada.DEV', 'foo.se.', 'dr.no', 'пример.рф', 'x.xn--p1ai'],
    ...['ｅxample．com', 'a\u0301\u0302\u0303', 'z\u0334\u0335\u0336', 'bo \u0300\u0301\u0302'],
  ])('the nick %j is invalid: it is a hostname or has three combining marks', async (nick) => {
    const app = await startApp()
    expect(await refusedConnection(app, { auth: { nick } })).toMatchObject({ code: 'NICK_INVALID' })
  })

  test.each(['bob.smith', 'j.r.r', 'Dr. No', 'st.peter', 'com', 'a..com', 'Việt', 'a\u0323\u0302', 'ᾧ'])(
    'the nick %j is valid: it is no hostname and has at most two combining marks',
    async (nick) => {
      const app = await startApp()
      expect((await visitor(app, nick)).welcome.self?.nick).toBe(nick.normalize('NFKC'))
    },
  )

  test('a visitor whose stored nick is no longer valid has no nick after a restart', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await app.db.updateTable('visitors').set({ nick: 'ada.example.org' }).execute()
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    const back = await connect(restarted, { auth: { token: ada.welcome.token ?? '' } })
    expect(back.welcome.self).toEqual({ ...ada.welcome.self, nick: null })
  })

  test.each([25, 201, 5_000])(
    'a nick of %i characters is invalid in the handshake, nick:set and REST',
    async (length) => {
      const app = await startApp()
      const nick = 'x'.repeat(length)
      expect(await refusedConnection(app, { auth: { nick } })).toMatchObject({ code: 'NICK_INVALID' })
      const reader = await connect(app)
      expect(await reader.emit('nick:set', { nick })).toMatchObject({ error: { code: 'NICK_INVALID' } })
      for (const [path, input] of [
        ['/api/chat/visitors', { nick }],
        ['/api/register', { email: 'ada@example.org', password: 'a lovely engine', nick }],
      ] as const) {
        const { body } = await api(app).post(path).send(input).expect(400)
        expect(body).toEqual(refusal(400, 'NICK_INVALID', '/nick'))
      }
    },
  )

  test('the nick of a registered user is reserved', async () => {
    const app = await startApp()
    await memberToken(app)
    expect(await refusedConnection(app, { auth: { nick: 'áda' } })).toMatchObject({ code: 'NICK_RESERVED' })
  })

  test('a nick is held for a minute after its visitor leaves', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    await leave(app, await visitor(app, 'ada'))
    clock.advance(59_000)
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toMatchObject({ code: 'NICK_TAKEN' })
    clock.advance(2_000)
    await visitor(app, 'ada')
  })

  test('a visitor whose nick was taken meanwhile has no nick until they choose another', async () => {
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

  test('the same tab and nick without a token is the same visitor after a restart', async () => {
    const app = await startApp()
    const first = await visitor(app, 'ada', 'tab 1')
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    expect((await visitor(restarted, 'ada', 'tab 1')).welcome.self).toEqual(first.welcome.self)
  })

  test('a nick is kept for its visitor over a restart', async () => {
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

describe('races for a nick', () => {
  const rounds = Array.from({ length: 12 }, (_, n) => n)
  const password = 'a lovely engine'
  const register = (app: TestApp, nick: string, email = `${nick}@example.org`, headers = {}) =>
    api(app).post('/api/register').set(headers).send({ email, password, nick })
  const join = (app: TestApp, nick: string) => api(app).post('/api/chat/visitors').send({ nick })
  /** A moment later, longer in each round. */
  const later = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 4))
  const open = () =>
    startApp({ settings: { LIMIT_JOINS: 'off', LIMIT_MESSAGES: 'off', PROOF_OF_WORK: 'off' } })

  test('a nick goes to either the registering person or the joining visitor when both want it', async () => {
    const app = await withOwner(await open())
    for (const n of rounds) {
      const registering = register(app, `ada${n}`).then(({ status }) => status)
      await later(n)
      const joining = await join(app, `Ada${n}`)
      const statuses = [await registering, joining.status]
      expect(statuses.toSorted()).toEqual([201, 409])
    }
  })

  test('a nick goes to the visitor who joins before a registration', async () => {
    const app = await withOwner(await open())
    for (const n of rounds) {
      const joining = join(app, `ada${n}`).then(({ status }) => status)
      const statuses = [await joining, (await register(app, `Ada${n}`)).status]
      expect(statuses).toEqual([201, 409])
    }
  })

  test('a nick is free again when its registration fails', async () => {
    const app = await withOwner(await open())
    await register(app, 'bo').expect(201)
    const [first, second] = [register(app, 'ada', 'cy@example.org'), register(app, 'dee', 'cy@example.org')]
    const statuses = [(await first).status, (await second).status]
    expect(statuses.toSorted()).toEqual([201, 409])
    await join(app, statuses[0] === 201 ? 'dee' : 'ada').expect(201)
    await join(app, statuses[0] === 201 ? 'ada' : 'dee').expect(409, /NICK_RESERVED/)
  })

  test('a nick goes to one of two people who register with it at once', async () => {
    const app = await withOwner(await open())
    for (const n of rounds) {
      const both = [register(app, `ada${n}`), register(app, `Ada${n}`, `other${n}@example.org`)]
      expect((await Promise.all(both)).map(({ status }) => status).toSorted()).toEqual([201, 409])
    }
  })

  test('a visitor who registers with their own nick keeps it in other tabs meanwhile', async () => {
    const app = await withOwner(await open())
    const ada = await visitor(app, 'ada')
    const token = ada.welcome.token ?? ''
    const registering = register(app, 'ada', 'ada@example.org', bearer(token)).then(({ status }) => status)
    expect((await connect(app, { auth: { token } })).welcome.self?.nick).toBe('ada')
    expect(await registering).toBe(201)
  })

  test('a nick goes to one of several members, visitors and new accounts who want it at once', async () => {
    const app = await withOwner(await open())
    const members = []
    for (const name of ['bo', 'cy']) {
      await register(app, name).expect(201)
      const token = await signIn(app, { email: `${name}@example.org`, password })
      members.push(await connect(app, { auth: { token } }))
    }
    for (const n of rounds) {
      const tries = [
        ...members.map((member) => member.emit('nick:set', { nick: `ada${n}` }).then(({ ok }) => ok)),
        join(app, `Ada${n}`).then(({ status }) => status === 201),
        register(app, `áda${n}`, `ada${n}@example.org`).then(({ status }) => status === 201),
      ]
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
    }
  })
})

describe('nick:set', () => {
  test('nick:set turns a reader into a visitor', async () => {
    const app = await startApp()
    const reader = await connect(app)
    const { self, token } = await reader.setNick('ada')
    expect(self).toMatchObject({ nick: 'ada', role: 'visitor' })
    const again = await connect(app, { auth: { token: token ?? '' } })
    expect(again.welcome.self).toEqual(self)
  })

  test('nick:set renames a visitor, keeps the nick on old messages and holds the old nick for a minute', async () => {
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

  test('nick:set is rate-limited', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: '2/10s' } })
    const ada = await visitor(app, 'ada')
    await ada.setNick('one')
    await ada.setNick('two')
    expect(await ada.emit('nick:set', { nick: 'three' })).toMatchObject({ error: { code: 'RATE_LIMITED' } })
  })

  test('nick:set renames a member permanently', async () => {
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
  ])('nick:set refuses %j', async (input, code) => {
    const app = await startApp()
    await ownerToken(app)
    await visitor(app, 'bo')
    const ada = await visitor(app, 'ada')
    expect(await ada.emit('nick:set', input)).toMatchObject({ ok: false, error: { code } })
    expect(await ada.send('still me')).toMatchObject({ author: { nick: 'ada' } })
  })
})
