import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { describeNodes, noRedis, startNodes, startPair } from './support/nodes.ts'
import { type Clock, systemClock } from '../src/clock.ts'
import { plainSocket } from './support/plain-websocket.ts'
import { api, bearer, ownerToken, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import {
  type Visitor,
  connect,
  eventually,
  leave,
  open,
  refusedConnection,
  visitor,
} from './support/visitors.ts'

const settings = { LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off' }

/** Lets time pass for who holds a nick: they are held by the database's clock. */
const pass = ({ db }: TestApp, milliseconds: number) =>
  db
    .updateTable('nick_holds')
    .set((row) => ({
      held_until: row('held_until', '-', milliseconds),
      claimed_until: row('claimed_until', '-', milliseconds),
    }))
    .execute()

/** How joining with a nick ends. */
const join = async (app: TestApp, nick: string) =>
  (await api(app).post('/api/chat/visitors').send({ nick })).status

/** A clock by which what is held is renewed at once, instead of every twenty seconds. */
const hurried: Clock = {
  ...systemClock,
  after: (ms, task) => systemClock.after(ms === 20_000 ? 100 : ms, task),
}

/** When the nicks that are held are free, in milliseconds from now. */
async function heldFor({ db }: TestApp): Promise<number[]> {
  const rows = await db.selectFrom('nick_holds').select('held_until').execute()
  return rows.map(({ held_until }) => held_until - Date.now())
}

const tokenOf = ({ welcome }: Visitor) => welcome.token ?? ''

describeNodes('nicks on two nodes', () => {
  test.each(['with Redis', 'without Redis'])('%s, one nick at one moment is one visitor’s', async (way) => {
    const [one, other] = await startNodes({ settings, ...(way === 'without Redis' && { redis: noRedis }) })
    for (let round = 0; round < 10; round++) {
      const nicks = [`Ingrid ${round}`, `lngrid ${round}`, `INGRID ${round}`]
      const asked = [one!, other!].flatMap((node) => nicks.map((nick) => join(node, nick)))
      expect((await Promise.all(asked)).toSorted()).toEqual([201, 409, 409, 409, 409, 409])
    }
  })

  test('a nick is a visitor’s or an account’s, whoever asks where at one moment', async () => {
    const { one, other } = await startPair({ settings })
    await withOwner(one)
    const register = async (nick: string, number: number) => {
      const account = { email: `${number}@example.org`, password: 'a lovely engine', nick }
      return (await api(other).post('/api/register').send(account)).status
    }
    for (let round = 0; round < 4; round++) {
      const nick = `ada ${round}`
      const statuses = await Promise.all([register(nick, round), join(one, nick)])
      expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    }
  })

  test('a tab that comes back through another node is the same visitor, and still new', async () => {
    const { one, other } = await startPair({ settings: { ...settings, LIMIT_NEWCOMER: '5m' } })
    const first = await visitor(one, 'ada', 'tab 1')
    expect(await refusedConnection(other, { auth: { nick: 'ada', tab: 'tab 2' } })).toMatchObject({
      code: 'NICK_TAKEN',
    })
    const again = await visitor(other, 'ada', 'tab 1')
    expect(again.welcome.self).toEqual(first.welcome.self)
    const link = { room: 'lobby', id: crypto.randomUUID(), text: 'look at https://example.org' }
    expect(await again.emit('message:send', link)).toMatchObject({ error: { code: 'LINKS_NOT_YET' } })
  })

  test('a tab that comes through both nodes at one moment is one visitor', async () => {
    const { one, other } = await startPair({ settings })
    let both = 0
    const rounds: ReturnType<typeof open>[][] = []
    for (let round = 0; round < 10; round++) {
      const auth = { nick: `ada ${round}`, tab: `tab ${round}` }
      const sockets = [one, other].map((node) => open(node, { auth }))
      rounds.push(sockets)
      // The later connection replaces the earlier one, which may not be welcomed any more.
      const ids = await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<string | undefined>((resolve, reject) => {
              socket.once('welcome', ({ self }) => resolve(self?.id))
              socket.io.once('close', () => resolve(undefined))
              socket.once('connect_error', reject)
            }),
        ),
      )
      const welcomed = ids.filter((id) => id !== undefined)
      expect(new Set(welcomed).size).toBeLessThan(2)
      both += Number(welcomed.length === 2)
    }
    expect(both).toBeGreaterThan(0)
    // By then the nodes have told each other of all of them.
    await pause(1_000)
    for (const sockets of rounds) expect(sockets.some(({ connected }) => connected)).toBe(true)
  })

  test('a nick is held while its visitor is connected, and for a minute after', async () => {
    const { one, other } = await startPair({ settings, clocks: [hurried] })
    const ada = await visitor(one, 'ada')
    for (let time = 0; time < 2; time++) {
      await pass(one, 50_000)
      await eventually(async () => expect(Math.min(...(await heldFor(one)))).toBeGreaterThan(50_000))
    }
    expect(await join(other, 'ada')).toBe(409)
    await leave(one, ada)
    await pass(one, 50_000)
    await eventually(async () => expect(Math.min(...(await heldFor(one)))).toBeGreaterThan(50_000))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await pass(one, 59_000)
    expect(await join(other, 'ada')).toBe(409)
    await pass(one, 2_000)
    expect(await join(other, 'ada')).toBe(201)
    // The former visitor has lost it.
    expect((await connect(other, { auth: { token: tokenOf(ada) } })).welcome.self?.nick).toBeNull()
  })

  test('a nick that somebody took while a node stood still is that person’s alone', async () => {
    const renewals: (() => void)[] = []
    const keep = (task: () => void) => {
      renewals.push(task)
      return () => {}
    }
    const stoodStill: Clock = {
      ...systemClock,
      after: (ms, task) => (ms === 20_000 ? keep(task) : systemClock.after(ms, task)),
    }
    const { one, other } = await startPair({ settings, clocks: [stoodStill] })
    const [ada, ingrid, bo] = [
      await visitor(one, 'ada'),
      await visitor(one, 'ingrid'),
      await visitor(one, 'bo'),
    ]
    const cy = plainSocket(one, '?nick=cy')
    await cy.welcome()
    await pass(one, 61_000)
    for (const nick of ['ada', 'lngrid', 'cy']) expect([nick, await join(other, nick)]).toEqual([nick, 201])
    const ends = [ada, ingrid].map((loser) => loser.disconnected())
    renewals.splice(0).forEach((renew) => renew())
    // The transport closes, so that a stock client comes back by itself.
    expect(await Promise.all(ends)).toEqual(['transport close', 'transport close'])
    expect(await cy.closed).toEqual({ code: 1012, reason: 'NICK_TAKEN' })
    expect((await connect(one, { auth: { token: tokenOf(ada) } })).welcome.self?.nick).toBeNull()
    expect((await bo.send('still here')).author.nick).toBe('bo')
    expect(await join(other, 'bo')).toBe(409)
  })

  test('a visitor with a token keeps the nick on the way from one node to another', async () => {
    const { one, other } = await startPair({ settings })
    const ada = await visitor(one, 'ada')
    await one.close()
    expect(await join(other, 'ada')).toBe(409)
    const back = await connect(other, { auth: { token: tokenOf(ada) } })
    expect(back.welcome.self).toEqual(ada.welcome.self)
  })

  test('a new nick reaches the visitor’s tabs on every node, and the former one is kept for a minute', async () => {
    const { one, other } = await startPair({ settings, clocks: [hurried, hurried] })
    const ada = await visitor(one, 'ada', 'tab 1')
    const elsewhere = await connect(other, { auth: { token: tokenOf(ada), tab: 'tab 2' } })
    await ada.setNick('eva')
    await eventually(async () => expect((await elsewhere.send('hej')).author.nick).toBe('eva'))
    expect(await join(other, 'ada')).toBe(409)
    await pass(one, 61_000)
    await eventually(async () => expect(Math.max(...(await heldFor(one)))).toBeGreaterThan(0))
    expect([await join(other, 'ada'), await join(one, 'eva')]).toEqual([201, 409])
  })

  test('signing out everywhere frees the nick on every node', async () => {
    const { one, other } = await startPair({ settings })
    const ada = await visitor(one, 'ada')
    await api(other)
      .delete('/api/me/sessions')
      .set(bearer(tokenOf(ada)))
      .expect(204)
    expect(await join(one, 'ada')).toBe(201)
  })

  test('without Redis too, signing out everywhere ends the visitor’s connections to every node', async () => {
    const [one, other] = await startNodes({ settings, redis: noRedis })
    const ada = await visitor(one!, 'ada')
    const gone = ada.disconnected()
    await api(other!)
      .delete('/api/me/sessions')
      .set(bearer(tokenOf(ada)))
      .expect(204)
    await gone
    expect(await join(one!, 'ada')).toBe(201)
  })

  test('a member takes a nick on one node, and no visitor gets it on the other', async () => {
    const { one, other } = await startPair({ settings })
    const owner = await connect(one, { auth: { token: await ownerToken(one) } })
    // Whoever comes first.
    await Promise.allSettled([owner.setNick('grace'), join(other, 'grace')])
    expect(await join(other, 'grace')).toBe(409)
  })

  test('nicks are in the database as hashes only, and what is long over is removed', async () => {
    const { one } = await startPair({ settings })
    await visitor(one, 'adalovelace', 'tab 1')
    const rows = await one.db.selectFrom('nick_holds').selectAll().execute()
    expect(rows).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toMatch(/adalovelace|tab 1/)
  })
})

test('the only node keeps nicks in its memory', async () => {
  const app = await startApp()
  await visitor(app, 'ada')
  expect(await app.db.selectFrom('nick_holds').selectAll().execute()).toEqual([])
})
