import { describe, expect, test } from '@jest/globals'
import { networkOf } from '../src/http/network-address.ts'
import { createAddressHashes } from '../src/chat/moderation/address-hash.ts'
import { manualClock } from './support/manual-clock.ts'
import { idOf, noticed, refused, tokenOf } from './support/moderation.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { type Visitor, connect, eventually, leave, refusedConnection } from './support/visitors.ts'

const DAY = 24 * 3_600_000
const HOME = '192.0.2.1'
const settings = { TRUST_PROXY: '1', LIMIT_JOINS: 'off' }
const from = (address: string) => ({ 'x-forwarded-for': address })
const visitorAt = (app: TestApp, nick: string, address: string) =>
  connect(app, { auth: { nick }, headers: from(address) })
const backAt = (one: Visitor, address: string) => ({ auth: { token: tokenOf(one) }, headers: from(address) })
const post = (app: TestApp, token: string, address: string) =>
  api(app)
    .post('/api/chat/rooms/lobby/messages')
    .set({ ...bearer(token), ...from(address) })
    .send({ text: 'x' })

async function ownerOf(app: TestApp) {
  const owner = await connect(app, { auth: { token: await ownerToken(app) }, headers: from('203.0.113.1') })
  const order = (one: Visitor, action: string, minutes?: number) =>
    owner.ask('visitor:moderate', { id: idOf(one), action, ...(minutes && { minutes }) })
  return { owner, order }
}

describe('address bans', () => {
  test('a ban closes the address of the last message, wherever its author connected since', async () => {
    const app = await startApp({ settings })
    const { order } = await ownerOf(app)
    const ada = await visitorAt(app, 'ada', HOME)
    await connect(app, backAt(ada, '192.0.2.2'))
    await ada.send('words')
    await order(ada, 'ban')
    const newcomer = { auth: { nick: 'bo' }, headers: from(HOME) }
    expect(await refusedConnection(app, newcomer)).toMatchObject({ code: 'BANNED' })
    await visitorAt(app, 'bo', '192.0.2.2')
  })

  test('a ban closes the address of a visitor who connected more than a day before writing', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const ada = await visitorAt(app, 'ada', HOME)
    const noted = () => app.db.selectFrom('places').selectAll().execute()
    clock.advance(60_000)
    await eventually(async () => expect(await noted()).toHaveLength(1))
    clock.advance(2 * DAY)
    await eventually(async () => expect(await noted()).toEqual([]))
    const { order } = await ownerOf(app)
    await ada.send('words')
    await order(ada, 'ban')
    const newcomer = { auth: { nick: 'bo' }, headers: from(HOME) }
    expect(await refusedConnection(app, newcomer)).toMatchObject({ code: 'BANNED' })
  })

  test('an address ban disconnects and refuses other visitors there on every transport, and not at other addresses', async () => {
    const app = await startApp({ settings })
    const { owner, order } = await ownerOf(app)
    const ada = await visitorAt(app, 'ada', HOME)
    const second = await visitorAt(app, 'second', HOME)
    const kept = await second.send('written before')
    const hers = await owner.send('of the owner')
    const elsewhere = await connect(app, backAt(second, '192.0.2.2'))
    const [notice, gone] = [noticed(second), second.disconnected()]
    await order(ada, 'ban', 10)
    expect(await notice).toMatchObject({ code: 'BANNED', retryAfter: 600 })
    await gone
    expect(await refusedConnection(app, backAt(second, HOME))).toMatchObject({ code: 'BANNED' })
    await post(app, tokenOf(second), HOME).expect(403, /BANNED/)
    const as = { ...bearer(tokenOf(second)), ...from(HOME) }
    await api(app)
      .delete(`/api/chat/messages/${kept.id}`)
      .set(as)
      .expect(403, /BANNED/)
    await api(app)
      .post(`/api/chat/messages/${hers.id}/report`)
      .set(as)
      .expect(403, /BANNED/)
    // What is stored is answered, and one's own words are one's own.
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(as)
      .send({ id: kept.id, text: 'again' })
      .expect(200)
    await api(app).get('/api/me/words').set(as).expect(200)
    await (await connect(app, { auth: { reader: true }, headers: from(HOME) })).enter()
    await elsewhere.send('at the café')
    await (await connect(app, backAt(second, '192.0.2.2'))).send('there again')
    await post(app, tokenOf(second), '192.0.2.2').expect(201)
  })

  test('an address ban refuses every write of a connection that is still open', async () => {
    const app = await startApp({ settings })
    const { order } = await ownerOf(app)
    const ada = await visitorAt(app, 'ada', HOME)
    const second = await visitorAt(app, 'second', HOME)
    const { id } = await second.send('before')
    // As a connection that was being admitted while the ban began.
    const sockets = app.app.io.of('/chat').sockets
    const own = sockets.get(second.socket.id ?? '')
    const disconnect = own?.disconnect.bind(own)
    if (own) own.disconnect = () => own
    await order(ada, 'ban')
    for (const [event, data] of [
      ['message:send', { room: 'lobby', id: crypto.randomUUID(), text: 'x' }],
      ['message:edit', { id, text: 'y' }],
      ['message:react', { id, emoji: '👍', on: true }],
      ['message:delete', { id }],
      ['typing:set', { room: 'lobby', on: true }],
      ['nick:set', { nick: 'third' }],
    ] as const)
      expect(await second.emit(event, data)).toMatchObject(refused('BANNED'))
    disconnect?.(true)
  })

  test('an address ban spares members and visitors who wrote before and are older than a day', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const [grown, silent] = [await visitorAt(app, 'grown', HOME), await visitorAt(app, 'silent', HOME)]
    await grown.send('one of the family')
    clock.advance(DAY)
    const { order } = await ownerOf(app)
    const eva = await visitorAt(app, 'eva', HOME)
    const young = await visitorAt(app, 'young', HOME)
    await young.send('hej')
    const member = await connect(app, { auth: { token: await memberToken(app) }, headers: from(HOME) })
    const gone = [young.disconnected(), silent.disconnected()]
    await order(eva, 'ban', 3 * 1_440)
    await Promise.all(gone)
    await grown.send('still here')
    await member.send('still here')
    await post(app, tokenOf(grown), HOME).expect(201)
    await connect(app, backAt(grown, HOME))
    await post(app, tokenOf(silent), HOME).expect(403, /BANNED/)

    // Nobody grows out of it, nor writes themselves out of it elsewhere.
    await post(app, tokenOf(silent), '192.0.2.2').expect(201)
    clock.advance(2 * DAY)
    for (const one of [young, silent]) {
      expect(await refusedConnection(app, backAt(one, HOME))).toMatchObject({ code: 'BANNED' })
      await post(app, tokenOf(one), HOME).expect(403, /BANNED/)
    }
    clock.advance(DAY)
    await post(app, tokenOf(young), HOME).expect(201)
  })

  test('an address ban holds after a restart and ends with the ban', async () => {
    const app = await startApp({ settings })
    const { order } = await ownerOf(app)
    const ada = await visitorAt(app, 'ada', '2001:db8:0:1::1')
    const bo = await visitorAt(app, 'bo', '2001:db8:0:2::1')
    const young = await visitorAt(app, 'young', '2001:db8:0:3::1')
    await order(ada, 'ban')
    await order(bo, 'ban')
    await app.close()
    const restarted = await startApp({ folder: app.folder, settings })
    expect(await refusedConnection(restarted, backAt(young, '2001:db8:0:4::1'))).toMatchObject({
      code: 'BANNED',
    })
    const { order: decide } = await ownerOf(restarted)
    await decide(bo, 'forgive')
    await connect(restarted, backAt(young, '2001:db8:0:4::1'))
    expect(await refusedConnection(restarted, backAt(young, '2001:db8:0:1::9'))).toMatchObject({
      code: 'BANNED',
    })
  })

  test('a ban stored by an earlier version closes the same address as before', async () => {
    const app = await startApp({ settings })
    const keys = createAddressHashes('a secret for tests that is long enough')('2001:db8:0:1::1')
    const row = { person_id: 'somebody', nick: 'ada', muted_until: 0, banned_until: Date.now() + DAY }
    await app.db
      .insertInto('sanctions')
      .values({ ...row, address_key: keys?.address_key ?? null })
      .execute()
    await app.close()
    const restarted = await startApp({ folder: app.folder, settings })
    const at = (address: string) => ({ auth: { nick: 'bo' }, headers: from(address) })
    expect(await refusedConnection(restarted, at('2001:db8:0:1::2'))).toMatchObject({ code: 'BANNED' })
    await connect(restarted, at('2001:db8:0:2::2'))
  })
})

describe('repeated bans', () => {
  /** Bans a new visitor at that address. */
  async function banAt(
    app: TestApp,
    order: (one: Visitor, action: string) => Promise<unknown>,
    address: string,
  ) {
    const one = await visitorAt(app, `nick ${address.replaceAll(':', '-').slice(-15)}`, address)
    await order(one, 'ban')
    return one
  }
  const isClosed = async (app: TestApp, address: string): Promise<boolean> => {
    const { status } = await api(app)
      .post('/api/chat/visitors')
      .set(from(address))
      .send({ nick: `n ${Math.random()}` })
    return status === 403
  }

  test('repeated bans close an IPv6 /64, then the /56, then at most the /48', async () => {
    const app = await startApp({ settings })
    const { order } = await ownerOf(app)
    await banAt(app, order, '2001:db8:5:a01::1')
    expect(await isClosed(app, '2001:db8:5:a01:ffff::2')).toBe(true)
    expect(await isClosed(app, '2001:db8:5:a02::1')).toBe(false)
    await banAt(app, order, '2001:db8:5:a02::1')
    expect(await isClosed(app, '2001:db8:5:aff::1')).toBe(true)
    expect(await isClosed(app, '2001:db8:5:b00::1')).toBe(false)
    const third = await banAt(app, order, '2001:db8:5:b00::1')
    expect(await isClosed(app, '2001:db8:5:ffff::1')).toBe(true)
    expect(await isClosed(app, '2001:db8:6:a01::1')).toBe(false)
    await order(third, 'forgive')
    expect(await isClosed(app, '2001:db8:5:ffff::1')).toBe(false)
    expect(await isClosed(app, '2001:db8:5:a77::1')).toBe(true)
  })

  test('repeated bans of one person, one /64 or IPv4 neighbours close no more than one ban', async () => {
    const app = await startApp({ settings })
    const { order } = await ownerOf(app)
    const one = await visitorAt(app, 'one', '2001:db8:5:a01::1')
    const two = await visitorAt(app, 'two', '2001:db8:5:a01::2')
    for (const again of [one, one, two]) await order(again, 'ban')
    expect(await isClosed(app, '2001:db8:5:a02::1')).toBe(false)
    for (const address of ['192.0.2.4', '192.0.2.5', '192.0.2.6']) await banAt(app, order, address)
    expect(await isClosed(app, '192.0.2.6')).toBe(true)
    expect(await isClosed(app, '192.0.2.7')).toBe(false)
  })

  test('repeated bans of one person at two addresses widen nothing', async () => {
    const app = await startApp({ settings })
    const { order } = await ownerOf(app)
    const home = await visitorAt(app, 'home', '2001:db8:5:a01::1')
    const account = { ...memberAccount, nick: 'away' }
    await api(app)
      .post('/api/register')
      .set(bearer(tokenOf(home)))
      .send(account)
      .expect(201)
    const auth = { token: await signIn(app, account) }
    await connect(app, { auth, headers: from('2001:db8:5:a02::1') })
    for (const _ of [1, 2]) await order(home, 'ban')
    expect(await isClosed(app, '2001:db8:5:a02::2')).toBe(true)
    expect(await isClosed(app, '2001:db8:5:a03::1')).toBe(false)
  })

  test('a ban after an expired or forgiven ban closes no wider network', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const { order } = await ownerOf(app)
    await order(await banAt(app, order, '2001:db8:5:a01::1'), 'forgive')
    await banAt(app, order, '2001:db8:5:a02::1')
    expect(await isClosed(app, '2001:db8:5:a03::1')).toBe(false)
    clock.advance(DAY)
    await banAt(app, order, '2001:db8:5:a03::1')
    expect(await isClosed(app, '2001:db8:5:a04::1')).toBe(false)
  })

  test('repeated bans widen from addresses known from before a restart', async () => {
    const app = await startApp({ settings })
    const ada = await visitorAt(app, 'ada', '2001:db8:0:1::1')
    const bo = await visitorAt(app, 'bo', '2001:db8:0:2::1')
    for (const one of [ada, bo]) await leave(app, one)
    await app.close()
    const restarted = await startApp({ folder: app.folder, settings })
    const { order } = await ownerOf(restarted)
    for (const one of [ada, bo]) await order(one, 'ban')
    expect(await isClosed(restarted, '2001:db8:0:77::1')).toBe(true)
  })
})

test.each([
  ['2001:db8:1:2345::1', 56, '2001:db8:1:2300::/56'],
  ['2001:db8:1:2345::1', 48, '2001:db8:1:0::/48'],
  ['2001:db8:1:45::1', 56, '2001:db8:1:0::/56'],
  ['::1', 48, '0:0:0:0::/48'],
  ['::ffff:192.0.2.1', 56, '192.0.2.1'],
  ['192.0.2.1', 48, '192.0.2.1'],
] as const)('networkOf maps %s with /%d to %s', (address, bits, network) =>
  expect(networkOf(address, bits)).toBe(network),
)

test('address hashes are equal only for equal networks', () => {
  const addressHashesOf = createAddressHashes('secret')
  const [one, next] = [addressHashesOf('2001:db8:1:201::1'), addressHashesOf('2001:db8:1:202::1')]
  expect(one?.address_key).not.toBe(next?.address_key)
  expect(one?.address_key_56).toBe(next?.address_key_56)
  expect(one?.address_key_48).toBe(next?.address_key_48)
  expect(new Set(Object.values(one ?? {})).size).toBe(3)
  expect(addressHashesOf('192.0.2.1')).toMatchObject({ address_key_56: null, address_key_48: null })
})
