import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, leave, refusedConnection, visitor } from './support/visitors.ts'

describe('reconnecting from the same tab', () => {
  test('a tab that reconnects replaces its former connection at once', async () => {
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

  test('a tab that reconnects replaces its former connection that began as a reader', async () => {
    const app = await startApp()
    const reader = await connect(app, { auth: { tab: 'tab 1' } })
    const gone = reader.disconnected()
    const { self, token } = await reader.setNick('ada')
    const second = await connect(app, { auth: { token: token ?? '', tab: 'tab 1' } })
    expect(await gone).toBe('io server disconnect')
    expect(second.welcome).toMatchObject({ self, total: 1 })
  })

  test('a tab that reconnects without a token is the same visitor by its nick', async () => {
    const app = await startApp()
    const first = await visitor(app, 'ada', 'tab 1')
    const second = await visitor(app, 'ada', 'tab 1')
    expect(second.welcome.self).toEqual(first.welcome.self)
    expect(await refusedConnection(app, { auth: { nick: 'ada', tab: 'tab 2' } })).toMatchObject({
      code: 'NICK_TAKEN',
    })
  })
})

describe('several tabs', () => {
  test('a new nick in one tab is the nick in all tabs of the visitor', async () => {
    const app = await startApp()
    const first = await visitor(app, 'ada', 'tab 1')
    const second = await connect(app, { auth: { token: first.welcome.token ?? '', tab: 'tab 2' } })
    await first.setNick('augusta')
    expect(await second.send('hej')).toMatchObject({
      author: { id: first.welcome.self?.id, nick: 'augusta' },
    })
    await second.setNick('byron')
    expect(await first.send('hej')).toMatchObject({ author: { nick: 'byron' } })
  })

  test('tabs that lost their nick share the one chosen in one of them, and are counted once', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = await visitor(app, 'ada')
    await leave(app, ada)
    clock.advance(61_000)
    const other = await visitor(app, 'ada')
    const token = ada.welcome.token ?? ''
    const [first, second] = [await connect(app, { auth: { token } }), await connect(app, { auth: { token } })]
    await first.setNick('augusta')
    expect(await second.send('hej')).toMatchObject({ author: { nick: 'augusta' } })
    for (const one of [first, second, other]) await leave(app, one)
    clock.advance(11_000)
    expect((await connect(app)).welcome).toMatchObject({ total: 0, people: [] })
  })
})

test('a visitor who disconnects during nick:set leaves the presence list', async () => {
  const clock = manualClock()
  const app = await startApp({ clock })
  const reader = await connect(app)
  const { id = '' } = reader.socket
  reader.socket.emit('nick:set', { nick: 'ada' }, () => {})
  reader.socket.disconnect()
  await eventually(() => expect(app.app.io.of('/chat').sockets.has(id)).toBe(false))
  await eventually(async () =>
    expect(await app.db.selectFrom('visitors').select('nick').execute()).toEqual([{ nick: 'ada' }]),
  )
  clock.advance(61_000)
  expect((await visitor(app, 'ada')).welcome).toMatchObject({ total: 1 })
})

describe('sockets of ended sessions', () => {
  test('a session ended by `npm run owner` closes its sockets within five seconds', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const bo = await visitor(app, 'bo')
    const gone = owner.disconnected()
    await app.app.owner.set(ownerAccount)
    clock.advance(5_000)
    await gone
    expect(await bo.send('still here')).toBeDefined()
  })

  test('signing out closes the sockets of that session and no others', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const ada = await connect(app, { auth: { token } })
    const bo = await visitor(app, 'bo')
    const gone = ada.disconnected()
    await api(app).post('/api/logout').set(bearer(token)).expect(204)
    expect(await gone).toBe('io server disconnect')
    expect(await bo.send('still here')).toBeDefined()
  })

  test('a new password closes the sockets of other sessions', async () => {
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

describe('a script over REST', () => {
  test('a script gets an identity and sends messages over REST', async () => {
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

  test('a script gets the right refusal for an invalid nick or token', async () => {
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
