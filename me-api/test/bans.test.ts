import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { networkOf } from '../src/http/network-address.ts'
import { createClientAddress } from '../src/http/client-address.ts'
import { manualClock } from './support/manual-clock.ts'
import { done, idOf, moderate, noticed, ownerAndAda, refused, tokenOf } from './support/moderation.ts'
import { api, bearer, memberAccount, memberToken, ownerToken } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, eventually, leave, open, refusedConnection, visitor } from './support/visitors.ts'

describe('bans', () => {
  test('a ban ends the connection and refuses the identity, a new nick, another tab, polling and REST', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    const [notice, gone] = [noticed(ada), ada.disconnected()]
    expect(await order('ban')).toEqual(done)
    expect(await notice).toMatchObject({ code: 'BANNED', retryAfter: 86_400 })
    await gone
    const banned = { code: 'BANNED', retryAfter: expect.any(Number) }
    const token = tokenOf(ada)
    expect(await refusedConnection(app, { auth: { token } })).toMatchObject(banned)
    expect(await refusedConnection(app, { auth: { token }, transports: ['polling'] })).toMatchObject(banned)
    expect(await refusedConnection(app, { auth: { nick: 'ada', tab: 'tab 1' } })).toMatchObject(banned)
    expect(await refusedConnection(app, { auth: { nick: 'bo', tab: 'tab 2' } })).toMatchObject(banned)
    await api(app)
      .post('/api/chat/visitors')
      .send({ nick: 'bo' })
      .expect(403, /BANNED/)
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(token))
      .send({ text: 'x' })
      .expect(403, /BANNED/)
    const reader = await connect(app)
    expect(await reader.enter()).toMatchObject({ room: 'lobby' })
    expect(await reader.emit('nick:set', { nick: 'bo' })).toMatchObject(refused('BANNED'))
  })

  test('a ban ends a connection that was checked before it and opens after it', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    const auth = { token: tokenOf(ada), tab: 'tab 2' }
    await leave(app, ada)
    // Runs after the handshake's check.
    app.app.io.of('/chat').use((_socket, next) => void order('ban').then(() => next()))
    const socket = open(app, { auth })
    const notice = new Promise((resolve) => socket.once('notice', resolve))
    const gone = new Promise((resolve) => socket.once('disconnect', resolve))
    expect(await notice).toMatchObject({ code: 'BANNED', retryAfter: 86_400 })
    expect(await gone).toBe('io server disconnect')
  })

  test('a ban spares members at its address, and ends with its time or when forgiven', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const { ada, order } = await ownerAndAda(app)
    await order('ban', 10)
    clock.advance(600_000)
    await visitor(app, 'bo')
    const token = await memberToken(app)
    await order('ban', 10)
    expect(await refusedConnection(app, { auth: { nick: 'cy' } })).toMatchObject({ code: 'BANNED' })
    const member = await connect(app, { auth: { token } })
    await member.send('still here')
    await order('forgive')
    await visitor(app, 'cy')
    await connect(app, { auth: { token: tokenOf(ada) } })
  })

  test('a ban refuses registration from its address and with the banned visitor’s token', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    const { ada, order } = await ownerAndAda(app)
    const register = (address: string, headers = {}) =>
      api(app)
        .post('/api/register')
        .set({ 'X-Forwarded-For': address, ...headers })
        .send({ ...memberAccount, nick: 'bo' })
    await order('ban')
    await register('127.0.0.1').expect(403, /BANNED/)
    await register('192.0.2.1', bearer(tokenOf(ada))).expect(403, /BANNED/)
    await order('forgive')
    await register('127.0.0.1').expect(201)
  })

  test('a ban of a member refuses their account', async () => {
    const app = await startApp()
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const token = await memberToken(app)
    const member = await connect(app, { auth: { token } })
    const gone = member.disconnected()
    await owner.ask('visitor:moderate', { id: idOf(member), action: 'ban' })
    await gone
    expect(await refusedConnection(app, { auth: { token } })).toMatchObject({ code: 'BANNED' })
  })

  test('a ban closes no address where client addresses are unknown', async () => {
    const app = await startApp()
    const { order } = await ownerAndAda(app)
    await order('ban')
    await connect(app, { auth: { nick: 'bo' }, headers: { 'x-forwarded-for': '192.0.2.1' } })
  })

  test('a closed connection has no client address', () => {
    const addressOf = createClientAddress({ trustedProxies: 0, warn: () => {} })
    expect(addressOf({ headers: {}, socket: {} } as IncomingMessage)).toBeNull()
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
  ])('networkOf maps %s to %s', (address, network) => expect(networkOf(address)).toBe(network))
})

describe('reading while banned', () => {
  test('a banned visitor can read over REST and long polling', async () => {
    const app = await startApp()
    const { owner, ada, order } = await ownerAndAda(app)
    await order('ban')
    const read = (path: string) =>
      api(app)
        .get(`/api/chat/rooms/lobby/${path}`)
        .set(bearer(tokenOf(ada)))
    await read('messages').expect(200)
    const waiting = read('changes?after=0&wait=30').then(({ body }) => body.data)
    await owner.send('still to be read')
    expect(await waiting).toMatchObject({ messages: [{ text: 'still to be read' }] })
  })

  test('a banned member can read over a socket as a reader', async () => {
    const app = await startApp()
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    const token = await memberToken(app)
    const headers = { cookie: `me_session=${token}` }
    const member = await connect(app, { headers })
    await owner.ask('visitor:moderate', { id: idOf(member), action: 'ban' })
    expect(await refusedConnection(app, { headers })).toMatchObject({ code: 'BANNED' })
    const reader = await connect(app, { headers, auth: { reader: true } })
    expect(reader.welcome.self).toBeNull()
    expect(await reader.enter()).toMatchObject({ room: 'lobby' })
  })
})

describe('the end of a ban', () => {
  const over = { code: 'BANNED', message: expect.any(String), retryAfter: 0 }

  test('the end of a ban sends a notice at once to readers whom the ban refused', async () => {
    const app = await startApp()
    const { ada, order } = await ownerAndAda(app)
    await order('ban')
    const barred = await connect(app, { auth: { reader: true } })
    const nameless = await connect(app)
    const other = await connect(app)
    expect(await nameless.emit('nick:set', { nick: 'bo' })).toMatchObject(refused('BANNED'))
    await order('forgive')
    await eventually(() => expect([barred.notices, nameless.notices]).toEqual([[over], [over]]))
    await connect(app, { auth: { token: tokenOf(ada) } })
    await nameless.setNick('bo')
    expect(other.notices).toEqual([])
  })

  test('a changed ban sends a notice to banned readers, and other orders send none', async () => {
    const app = await startApp()
    const { owner, order } = await ownerAndAda(app)
    const barred = await connect(app, { auth: { reader: true } })
    for (const action of ['mute', 'forgive', 'ban']) await order(action)
    await owner.send('a word in between')
    expect(barred.notices).toEqual([])
    await order('ban', 10)
    await eventually(() => expect(barred.notices).toEqual([over]))
  })
})

describe('the address of a banned person', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const settings = { TRUST_PROXY: '1' }

  test('a ban closes the last address of a visitor from before a restart', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'ada')
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    const owner = await connect(restarted, { auth: { token: await ownerToken(restarted) } })
    await owner.ask('visitor:moderate', { id: idOf(ada), action: 'ban' })
    expect(await refusedConnection(restarted, { auth: { nick: 'bo' } })).toMatchObject({ code: 'BANNED' })
  })

  test('a ban closes the address of the last REST message', async () => {
    const app = await startApp({ settings })
    const token = await ownerToken(app)
    const made = await api(app).post('/api/chat/visitors').set(from('192.0.2.1')).send({ nick: 'script' })
    const script = (made.body as { data: { self: { id: string }; token: string } }).data
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set({ ...bearer(script.token), ...from('192.0.2.2') })
      .send({ text: 'x' })
      .expect(201)
    const order = { id: script.self.id, action: 'ban' }
    await moderate(app, token, order).expect(204)
    const join = (nick: string, address: string) =>
      api(app).post('/api/chat/visitors').set(from(address)).send({ nick })
    await join('bo', '192.0.2.2').expect(403, /BANNED/)
    await join('bo', '192.0.2.1').expect(201)
  })

  test('the last address of a visitor is forgotten after a day and after the ban’s end', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const { ada, order } = await ownerAndAda(app)
    await leave(app, ada)
    clock.advance(60_000)
    await eventually(async () =>
      expect(await app.db.selectFrom('places').selectAll().execute()).toHaveLength(2),
    )
    expect(await order('ban', 60)).toEqual(done)
    clock.advance(2 * 3_600_000)
    await eventually(async () =>
      expect(await app.db.selectFrom('sanctions').selectAll().execute()).toEqual([]),
    )
    clock.advance(24 * 3_600_000)
    await eventually(async () => {
      const lastAddresses = await app.db.selectFrom('places').select('person_id').execute()
      expect(lastAddresses.map(({ person_id }) => person_id)).not.toContain(idOf(ada))
    })
  })

  test('the database stores the last address of a visitor only as a hash', async () => {
    const app = await startApp({ settings })
    const ada = await connect(app, { auth: { nick: 'ada' }, headers: from('192.0.2.77') })
    await leave(app, ada)
    await app.close()
    const restarted = await startApp({ folder: app.folder, settings })
    const [place] = await restarted.db.selectFrom('places').selectAll().execute()
    expect(place).toMatchObject({ person_id: idOf(ada), address_key: expect.stringMatching(/^[\w-]{22}$/) })
  })
})
