import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { describeNodes, noRedis, startNodes, startPair } from './support/nodes.ts'
import { api, memberAccount, memberToken } from './support/rest.ts'
import type { TestApp } from './support/start-app.ts'
import { type Visitor, closedConnection, connect, eventually } from './support/visitors.ts'

const usual = { LIMIT_MESSAGES: '1000/10s', LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off', TRUST_PROXY: '1' }
const limited = { ok: false, error: expect.objectContaining({ code: 'RATE_LIMITED' }) }
const from = (address: string) => ({ 'x-forwarded-for': address })

/** What one node counts reaches the other within some twenty milliseconds. */
const heard = () => pause(150)

const at = (app: TestApp, nick: string, address = '192.0.2.1') =>
  connect(app, { auth: { nick }, headers: from(address) })
const say = (one: Visitor, text = `hej ${randomUUID()}`) =>
  one.emit('message:send', { room: 'lobby', id: randomUUID(), text })
const join = async (app: TestApp, nick: string, address: string) =>
  (await api(app).post('/api/chat/visitors').set(from(address)).send({ nick })).status

/** Has each do the same by turns, so that half of it is done on each node. */
async function byTurns(times: number, acts: ((time: number) => Promise<unknown>)[]): Promise<unknown[]> {
  const results = []
  for (let time = 0; time < times; time++) results.push(await acts[time % acts.length]?.(time))
  await heard()
  return results
}

describeNodes('limits on two nodes', () => {
  test('writes of one person and of one address count on both', async () => {
    const { one, other } = await startPair({
      settings: { ...usual, LIMIT_MESSAGES: '3/10s', LIMIT_ADDRESS_MESSAGES: '6/10s' },
    })
    const ada = await at(one, 'ada')
    const elsewhere = await connect(other, {
      auth: { token: ada.welcome.token ?? '' },
      headers: from('192.0.2.1'),
    })
    await byTurns(3, [() => say(ada), () => say(elsewhere)])
    expect(await say(ada)).toMatchObject(limited)
    expect(await say(elsewhere)).toMatchObject(limited)
    const [bo, cy] = [await at(one, 'bo'), await at(other, 'cy')]
    await byTurns(3, [() => say(cy), () => say(bo)])
    expect(await say(bo)).toMatchObject(limited)
    expect(await say(cy)).toMatchObject(limited)
    expect(await say(await at(other, 'dan', '192.0.2.2'))).toMatchObject({ ok: true })
  })

  test('new identities, and requests, of one address count on both', async () => {
    const { one, other } = await startPair({
      settings: { ...usual, LIMIT_JOINS: '4/10m', LIMIT_REQUESTS: '20/1m' },
    })
    const joins = [one, other].map((node) => (time: number) => join(node, `ada ${time}`, '192.0.2.1'))
    expect(await byTurns(4, joins)).toEqual([201, 201, 201, 201])
    expect([await join(one, 'bo', '192.0.2.1'), await join(other, 'cy', '192.0.2.1')]).toEqual([429, 429])
    const asks = [one, other].map((node) => async () => {
      return (await api(node).get('/api/chat/presence').set(from('192.0.2.9'))).status
    })
    expect(new Set(await byTurns(20, asks))).toEqual(new Set([200]))
    expect([await asks[0]?.(), await asks[1]?.()]).toEqual([429, 429])
  })

  test('failed sign-ins count on both, until one succeeds on either', async () => {
    const { one, other } = await startPair({ settings: { ...usual, LIMIT_LOGINS: '3/15m' } })
    await memberToken(one)
    const { email, password } = memberAccount
    const guesses = [one, other].map((node) => async (time: number) => {
      const address = from(`192.0.2.${time}`)
      return (await api(node).post('/api/login').set(address).send({ email, password: 'a guess' })).status
    })
    await byTurns(2, guesses)
    await api(other).post('/api/login').set(from('192.0.2.9')).send({ email, password }).expect(200)
    await heard()
    expect(await byTurns(3, guesses)).toEqual([401, 401, 401])
    expect([await guesses[0]?.(10), await guesses[1]?.(11)]).toEqual([429, 429])
  })

  test('connections of one address count on both, while their node is there', async () => {
    const { one, other } = await startPair({ settings: { ...usual, LIMIT_CONNECTIONS: '3' } })
    const ada = await at(one, 'ada')
    await at(one, 'bo')
    await at(other, 'cy')
    await heard()
    await closedConnection(one, { auth: { nick: 'dan' }, headers: from('192.0.2.1') })
    await closedConnection(other, { auth: { nick: 'dan' }, headers: from('192.0.2.1') })
    ada.socket.disconnect()
    await heard()
    await at(other, 'dan')
    await one.close()
    await heard()
    await at(other, 'eva')
  })

  test('a node that starts later knows the connections to the others', async () => {
    const settings = { ...usual, LIMIT_CONNECTIONS: '1' }
    const { one, other } = await startPair({ settings })
    one.way.cut()
    await at(one, 'ada')
    await eventually(
      () => closedConnection(other, { auth: { nick: 'bo', reader: true }, headers: from('192.0.2.1') }),
      10_000,
    )
  })

  test('people who say the same words count on both', async () => {
    const { one, other } = await startPair({ settings: usual })
    const words = 'everybody look at this wonderful thing that I have found today'
    for (let number = 0; number < 12; number++) {
      const node = number % 2 === 0 ? one : other
      expect(await say(await at(node, `raider ${number}`), words)).toMatchObject({ ok: true })
    }
    await heard()
    expect(await say(await at(one, 'bo'), words)).toMatchObject(limited)
    expect(await say(await at(other, 'cy'), words)).toMatchObject(limited)
  })

  test('what is sent to every reader counts on both', async () => {
    const { one, other } = await startPair({ settings: usual })
    const ada = await at(one, 'ada')
    const elsewhere = await connect(other, { auth: { token: ada.welcome.token ?? '' } })
    const text = 'long '.repeat(330)
    const messages = [await ada.send(text), await elsewhere.send(text)]
    const react = (by: Visitor, index: number, time: number) =>
      by.emit('message:react', { id: messages[index]?.id, emoji: '👋', on: time % 2 === 0 })
    // As much as one node alone allows at once, on each.
    const nine = (by: Visitor, index: number) =>
      Promise.all(Array.from({ length: 9 }, (_, time) => react(by, index, time)))
    expect(new Set((await nine(ada, 0)).map(({ ok }) => ok))).toEqual(new Set([true]))
    await heard()
    expect(await nine(elsewhere, 1)).toContainEqual(expect.objectContaining(limited))
  })

  test('many newcomers at once are a raid on both', async () => {
    const { one, other } = await startPair({ settings: { ...usual, PROOF_OF_WORK: 'auto' } })
    for (let number = 0; number < 6; number++)
      await Promise.all(
        [one, other].map((node, index) =>
          join(node, `ada ${number} ${index}`, `198.51.${number}.${index * 9}`),
        ),
      )
    await heard()
    expect([await join(one, 'bo', '203.0.113.1'), await join(other, 'cy', '203.0.113.1')]).toEqual([403, 403])
  })

  test('without Redis each node counts for itself', async () => {
    const settings = { ...usual, LIMIT_ADDRESS_MESSAGES: '4/10s' }
    const [one, other] = await startNodes({ settings, redis: noRedis })
    const [ada, bo] = [await at(one!, 'ada'), await at(other!, 'bo')]
    await byTurns(6, [() => say(ada), () => say(bo)])
    expect([await say(ada), await say(bo)]).toMatchObject([{ ok: true }, { ok: true }])
    expect([await say(ada), await say(bo)]).toMatchObject([limited, limited])
  })
})
