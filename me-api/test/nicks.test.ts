import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, leave, refusedConnection, visitor } from './support/visitors.ts'

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

  test.each([25, 201, 5_000])('of %i characters is none, whichever way it comes', async (length) => {
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
  })

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
