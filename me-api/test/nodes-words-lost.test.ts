import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { Person } from '../src/contract/index.ts'
import {
  channelOf,
  connected,
  describeNodes,
  noRedis,
  peopleOn,
  startNodes,
  startPairWithSlowNode,
  startPair,
  startRedis,
} from './support/nodes.ts'
import { api, bearer, memberAccount, memberToken, ownerToken } from './support/rest.ts'
import { type Visitor, connect, eventually, refusedConnection, visitor } from './support/visitors.ts'

const settings = { LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off', TRUST_PROXY: '1' }
const from = (address: string) => ({ 'x-forwarded-for': address })

async function withoutRedis() {
  const [one, other] = await startNodes({ settings, redis: noRedis })
  return { one: one!, other: other! }
}

const ordersOf =
  (owner: Visitor, { welcome }: Visitor) =>
  (action: string) =>
    owner.ask('visitor:moderate', {
      id: welcome.self?.id,
      action,
      ...(action !== 'forgive' && { minutes: 5 }),
    })

/** How the others see the writer of a new message. */
const authorOf = async (one: Visitor): Promise<Person> => (await one.send('who am I?')).author

describeNodes('what is decided on one node while Redis is away holds on the other', () => {
  test('a mute and its end are told, a ban ends the connections, and its end is told to who reads', async () => {
    const { one, other } = await withoutRedis()
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const ada = await visitor(other, 'ada')
    const order = ordersOf(owner, ada)
    await order('mute')
    await eventually(() => expect(ada.notices).toMatchObject([{ code: 'MUTED' }]))
    await order('forgive')
    await eventually(() =>
      expect(ada.notices).toMatchObject([{ code: 'MUTED' }, { code: 'MUTED', retryAfter: 0 }]),
    )
    await order('ban')
    await eventually(() => expect(ada.socket.connected).toBe(false))
    expect(ada.notices.at(-1)).toMatchObject({ code: 'BANNED' })
    const reader = await connect(other, { auth: { token: ada.welcome.token!, reader: true } })
    await order('forgive')
    await eventually(() => expect(reader.notices).toMatchObject([{ code: 'BANNED', retryAfter: 0 }]))
  })

  test('a new nick is that of a visitor’s and a member’s tabs there too', async () => {
    const { one, other } = await withoutRedis()
    const ada = await visitor(one, 'ada', '1')
    const tab = await connect(other, { auth: { token: ada.welcome.token!, tab: '2' } })
    const token = await memberToken(one, { ...memberAccount, nick: 'Bo' })
    const bo = await connect(other, { auth: { token } })
    await ada.setNick('lovelace')
    await api(one)
      .patch('/api/me')
      .set(bearer(token))
      .send({ nick: 'Bosse', password: memberAccount.password })
    await eventually(async () => expect(await peopleOn(other)).toEqual(['Bosse', 'lovelace']))
    expect(await authorOf(tab)).toMatchObject({ nick: 'lovelace' })
    expect(await authorOf(bo)).toMatchObject({ nick: 'Bosse' })
  })
})

describeNodes('what is decided on one node while each hears another Redis, as after a fail-over', () => {
  test('a ban and a new nick hold on the other one', async () => {
    const [first, second] = [await startRedis(), await startRedis()]
    const [one] = await startNodes({ count: 1, settings, redis: first.url })
    const [other] = await startNodes({ count: 1, settings, redis: second.url, folder: one!.folder })
    await connected(one!, other!)
    const owner = await connect(one!, { auth: { token: await ownerToken(one!) } })
    const [ada, bo] = [await visitor(other!, 'ada'), await visitor(one!, 'bo', '1')]
    const tab = await connect(other!, { auth: { token: bo.welcome.token!, tab: '2' } })
    await ordersOf(owner, ada)('ban')
    await bo.setNick('bosse')
    await eventually(() => expect(ada.socket.connected).toBe(false))
    await eventually(async () => expect(await peopleOn(other!)).toContain('bosse'))
    expect(await authorOf(tab)).toMatchObject({ nick: 'bosse' })
  })
})

describeNodes('a page that the owner writes on one node while Redis is away', () => {
  test('is soon what the other one shows', async () => {
    const { one, other } = await withoutRedis()
    const token = await ownerToken(one)
    const write = (headline: string) =>
      api(one).put('/api').set(bearer(token)).send({ name: 'Ada', headline, text: 'hej' }).expect(200)
    for (const headline of ['Engines and looms', 'Notes on engines']) {
      await write(headline)
      await eventually(async () => expect(await (await fetch(other.url)).text()).toContain(headline))
    }
  })
})

describeNodes('a ban on one node', () => {
  test('closes what others have open at that address on the other node', async () => {
    const { one, other } = await startPair({ settings })
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const ada = await connect(one, { auth: { nick: 'ada' }, headers: from('192.0.2.1') })
    const bo = await connect(other, { auth: { nick: 'bo' }, headers: from('192.0.2.1') })
    const cy = await connect(other, { auth: { nick: 'cy' }, headers: from('192.0.2.2') })
    await ordersOf(owner, ada)('ban')
    await eventually(() => expect(bo.socket.connected).toBe(false))
    expect(bo.notices).toMatchObject([{ code: 'BANNED' }])
    expect(cy.socket.connected).toBe(true)
  })

  test('holds for each of very many names of its person', async () => {
    const { one, other } = await startPair({ settings })
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const ada = await visitor(one, 'ada')
    const last = await visitor(other, 'zoe')
    const person = crypto.randomUUID()
    const { db } = one
    await db.updateTable('visitors').set({ person }).execute()
    const more = Array.from({ length: 2_500 }, (_, index) => ({
      id: crypto.randomUUID(),
      nick: `ada ${index}`,
      created_at: 0,
      seen_at: 0,
      person,
    }))
    await db.insertInto('visitors').values(more).execute()
    await ordersOf(owner, ada)('ban')
    await eventually(() => expect(last.socket.connected).toBe(false))
    const again = await refusedConnection(other, { auth: { token: last.welcome.token! } })
    expect(again).toMatchObject({ code: 'BANNED' })
  })

  test('ends connections also where only half of what is said of it arrives', async () => {
    const { one, other } = await startPair({ settings })
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const ada = await visitor(other, 'ada')
    const bo = await visitor(one, 'bo')
    await ordersOf(owner, bo)('ban')
    const [{ id = '' }, row] = [
      ada.welcome.self!,
      await one.db.selectFrom('sanctions').selectAll().executeTakeFirstOrThrow(),
    ]
    const ban = { ...row, person_id: id, nick: 'ada' }
    await one.db.insertInto('sanctions').values(ban).execute()
    const { say } = await channelOf(one)
    await say('sanctions', [ban])
    await say('hello', null)
    await eventually(() => expect(ada.socket.connected).toBe(false))
    expect(ada.notices).toMatchObject([{ code: 'BANNED' }])
  })

  test('holds where it is heard of while the stored ones are read, which lack it', async () => {
    const { one, other, slow } = await startPairWithSlowNode(settings)
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    const ada = await visitor(other, 'ada')
    const { say } = await channelOf(one)
    slow(1_000)
    // A third node greets, so that all read what is stored.
    await say('hello', null)
    await pause(300)
    await ordersOf(owner, ada)('mute')
    await pause(3_000)
    const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'hej' }
    expect(await ada.emit('message:send', draft)).toMatchObject({ error: { code: 'MUTED' } })
  })
})
