import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { systemClock } from '../src/clock.ts'
import { createPresence } from '../src/chat/presence/presence.ts'
import type { Challenge, PresenceChange } from '../src/contract/index.ts'
import { noInterchange } from '../src/nodes/interchange.ts'
import { manualClock } from './support/manual-clock.ts'
import { idOf, overview, ownerAndAda, tokenOf } from './support/moderation.ts'
import { api, bearer, memberAccount, memberToken, ownerToken } from './support/rest.ts'
import { startApp, temporaryFolder } from './support/start-app.ts'
import { type Visitor, connect, leave, refusedConnection, visitor } from './support/visitors.ts'

const HOUR = 3_600_000
const link = 'look at https://example.org'

const say = (one: Visitor, text = 'hej') =>
  one.emit('message:send', { room: 'lobby', id: randomUUID(), text })

async function house(settings: Record<string, string> = {}) {
  const clock = manualClock()
  const folder = temporaryFolder()
  return { clock, folder, app: await startApp({ clock, folder, settings }) }
}

describe('when the system’s time is set back by an hour', () => {
  test('a nick that was left is free after its minute', async () => {
    const { clock, app } = await house()
    await leave(app, await visitor(app, 'ada'))
    clock.setBack(HOUR)
    clock.advance(59_000)
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toMatchObject({ code: 'NICK_TAKEN' })
    clock.advance(1_000)
    await visitor(app, 'ada')
  })

  test('a regular’s nick stays kept, and is free after its time', async () => {
    const { clock, app } = await house()
    const day = 24 * HOUR
    const first = await visitor(app, 'ada')
    const token = tokenOf(first)
    await leave(app, first)
    for (let time = 0; time < 3; time++) {
      if (time > 0) clock.advance(day)
      const ada = await connect(app, { auth: { token } })
      await ada.send('hej')
      await leave(app, ada)
    }
    clock.setBack(HOUR)
    clock.advance(28 * day)
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toMatchObject({ code: 'NICK_TAKEN' })
    clock.advance(2 * day)
    await visitor(app, 'ada')
  })

  test('a regular’s nick is not kept for longer than usual where it was far ahead before', async () => {
    const { clock, app } = await house()
    const day = 24 * HOUR
    clock.setBack(-900 * day)
    const ada = await visitor(app, 'ada')
    for (let time = 0; time < 3; time++) {
      if (time > 0) clock.setBack(-day)
      await ada.send('hej')
    }
    await leave(app, ada)
    clock.advance(61_000)
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toMatchObject({ code: 'NICK_TAKEN' })
    clock.setBack(902 * day)
    await visitor(app, 'ada')
  })

  test('slow mode lasts no longer than its seconds, and goes on afterwards', async () => {
    const { clock, app } = await house()
    const owner = bearer(await ownerToken(app))
    await api(app).patch('/api/chat/rooms/lobby').set(owner).send({ slowSeconds: 5 }).expect(200)
    const ada = await visitor(app, 'ada')
    expect(await say(ada)).toMatchObject({ ok: true })
    clock.setBack(HOUR)
    clock.advance(5_000)
    expect(await say(ada)).toMatchObject({ ok: true })
    expect(await say(ada)).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfter: 5 } })
    clock.advance(5_000)
    expect(await say(ada)).toMatchObject({ ok: true })
  })

  test('after four minutes no message is from before the one above it, and an hour that was wrong is not kept to', async () => {
    const { clock, app } = await house()
    const ada = await visitor(app, 'ada')
    const sentAt = async () => Date.parse((await ada.send('hej')).sentAt)
    const first = await sentAt()
    clock.setBack(240_000)
    clock.advance(1_000)
    expect(await sentAt()).toBe(first)
    clock.advance(240_000)
    expect(await sentAt()).toBe(clock.now())
    clock.setBack(-HOUR)
    await sentAt()
    clock.setBack(HOUR)
    expect(await sentAt()).toBe(clock.now())
  })

  test('a mute ends after its minutes, and its rest is told right', async () => {
    const { clock, app } = await house()
    const { token, ada, order } = await ownerAndAda(app)
    await order('mute', 5)
    clock.advance(60_000)
    clock.setBack(HOUR)
    expect(await say(ada)).toMatchObject({ error: { code: 'MUTED', retryAfter: 240 } })
    const again = await connect(app, { auth: { token: tokenOf(ada) } })
    expect(again.notices).toMatchObject([{ code: 'MUTED', retryAfter: 240 }])
    clock.advance(240_000)
    expect(await say(ada)).toMatchObject({ ok: true })
    expect((await overview(app, token)).people).toEqual([])
  })

  test('a ban ends after its minutes, for the person and for the address', async () => {
    const { clock, app } = await house()
    const { ada, order } = await ownerAndAda(app)
    await order('ban', 5)
    clock.setBack(HOUR)
    const refusals = () =>
      Promise.all([
        refusedConnection(app, { auth: { token: tokenOf(ada) } }),
        refusedConnection(app, { auth: { nick: 'bo' } }),
      ])
    expect(await refusals()).toMatchObject([
      { code: 'BANNED', retryAfter: 300 },
      { code: 'BANNED', retryAfter: 300 },
    ])
    clock.advance(300_000)
    expect((await connect(app, { auth: { token: tokenOf(ada) } })).welcome.self?.id).toBe(idOf(ada))
    await visitor(app, 'bo')
  })

  test('a mute that is given anew with a ban keeps its own end', async () => {
    const { clock, app } = await house()
    const { ada, order } = await ownerAndAda(app)
    await order('mute', 10)
    clock.setBack(HOUR)
    clock.advance(300_000)
    await order('ban', 1)
    clock.advance(60_000)
    const back = await connect(app, { auth: { token: tokenOf(ada) } })
    expect(await say(back)).toMatchObject({ error: { code: 'MUTED', retryAfter: 240 } })
  })

  test('a newcomer is new for five minutes, also after connecting again', async () => {
    const { clock, app } = await house({ LIMIT_NEWCOMER: '5m' })
    const ada = await visitor(app, 'ada')
    clock.setBack(HOUR)
    expect(await say(ada, link)).toMatchObject({ error: { code: 'LINKS_NOT_YET', retryAfter: 300 } })
    clock.advance(300_000)
    const again = await connect(app, { auth: { token: tokenOf(ada) } })
    expect(await say(again, link)).toMatchObject({ ok: true })
  })

  test('failed sign-ins count for their own time, and Retry-After is no longer', async () => {
    const { clock, app } = await house({ LIMIT_LOGINS: '2/15m' })
    await memberToken(app)
    const guess = () => api(app).post('/api/login').send({ email: memberAccount.email, password: 'a guess' })
    for (let time = 0; time < 2; time++) await guess().expect(401)
    clock.setBack(HOUR)
    const { headers } = await guess().expect(429)
    expect(Number(headers['retry-after'])).toBe(900)
    clock.advance(900_000)
    await guess().expect(401)
  })

  test('a session goes on, and ends two weeks after its last use', async () => {
    let now = Date.parse('2026-03-03T08:00:00Z')
    // It leaps over what would fall due in two weeks.
    const app = await startApp({ clock: { ...systemClock, now: () => now } })
    const token = await memberToken(app)
    const me = () => api(app).get('/api/me').set(bearer(token))
    now -= HOUR
    await me().expect(200)
    now += 14 * 24 * HOUR
    await me().expect(401)
  })

  test('a challenge from before is refused, and a used proof stays used when its time comes again', async () => {
    const { clock, app } = await house({ PROOF_OF_WORK: 'on' })
    const proof = async () => {
      const { body } = await api(app).get('/api/chat/challenge').expect(200)
      const challenge = (body as { data: Challenge }).data
      const solution = await solveChallenge({ challenge, deriveKey })
      return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
    }
    const join = (nick: string, given: string) =>
      api(app).post('/api/chat/visitors').send({ nick, proof: given })
    const [used, unused] = [await proof(), await proof()]
    await join('ada', used).expect(201)
    clock.setBack(HOUR)
    await join('bo', unused).expect(403)
    await join('bo', await proof()).expect(201)
    clock.advance(HOUR)
    await join('cy', await proof()).expect(201)
    await join('di', used).expect(403)
  })

  test('the owner restores a deleted message for ten seconds', async () => {
    const { clock, app } = await house()
    const { owner, ada } = await ownerAndAda(app)
    const { id } = await ada.send('hej')
    await owner.ask('message:delete', { id })
    clock.setBack(HOUR)
    clock.advance(10_001)
    expect(await owner.emit('message:restore', { id })).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('presence is told within a second', () => {
    const clock = manualClock()
    const frames: PresenceChange[] = []
    const presence = createPresence({
      clock,
      interchange: noInterchange,
      tell: (change) => frames.push(change),
    })
    presence.opened({ id: 'ada', nick: 'ada', role: 'visitor' })
    clock.advance(0)
    clock.setBack(HOUR)
    presence.opened({ id: 'bo', nick: 'bo', role: 'visitor' })
    clock.advance(1_000)
    expect(frames).toHaveLength(2)
  })
})

describe('limits by the process’ own clock', () => {
  afterEach(() => void jest.restoreAllMocks())

  test.each([
    ['LIMIT_MESSAGES', { LIMIT_MESSAGES: '1/10s' }, 10],
    ['LIMIT_ADDRESS_MESSAGES', { LIMIT_ADDRESS_MESSAGES: '1/10s' }, 10],
    ['LIMIT_EVENTS', { LIMIT_EVENTS: '2/20s' }, 20],
  ])('the wait of %s is no longer than its time', async (_, settings, longest) => {
    const app = await startApp({ settings: settings as Record<string, string> })
    const reader = await connect(app)
    const ada = 'LIMIT_EVENTS' in settings ? reader : await visitor(app, 'ada')
    await say(ada)
    const { now } = Date
    jest.spyOn(Date, 'now').mockImplementation(() => now() - HOUR)
    const { error } = (await say(ada)) as unknown as { error: { code: string; retryAfter: number } }
    expect(error.code).toBe('RATE_LIMITED')
    expect(error.retryAfter).toBeLessThanOrEqual(longest)
  })
})
