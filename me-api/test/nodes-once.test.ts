import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { type Clock, systemClock } from '../src/clock.ts'
import type { Challenge, RecoveryCodes, SecondStepKey } from '../src/contract/index.ts'
import { passkeysAt } from './support/authenticator.ts'
import { describeNodes, noRedis, startNodes } from './support/nodes.ts'
import { api, bearer, memberAccount, memberToken, ownerToken } from './support/rest.ts'
import type { TestApp } from './support/start-app.ts'
import { begin, confirm, login, phone } from './support/two-factor.ts'
import { type Visitor, visitor } from './support/visitors.ts'

const settings = { LIMIT_JOINS: 'off', LIMIT_LOGINS: 'off' }
const origin = 'http://localhost:4000'
/** A clock that is thirty seconds ahead of the other one. */
const ahead: Clock = { ...systemClock, now: () => systemClock.now() + 30_000 }

/** What is used once is so without Redis: all of it is tried that way. */
const startPair = async (more: Record<string, string> = {}) => {
  const clocks = [ahead, systemClock]
  const [one, other] = await startNodes({ settings: { ...settings, ...more }, redis: noRedis, clocks })
  return { one: one!, other: other! }
}

async function proofFrom(app: TestApp): Promise<string> {
  const { body } = await api(app).get('/api/chat/challenge').expect(200)
  const challenge = (body as { data: Challenge }).data
  const solution = await solveChallenge({ challenge, deriveKey })
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
}
const join = async (app: TestApp, nick: string, proof: string) =>
  (await api(app).post('/api/chat/visitors').send({ nick, proof })).status

describeNodes('two nodes whose clocks are thirty seconds apart', () => {
  test('a proof of work counts on either, and once', async () => {
    const { one, other } = await startPair({ PROOF_OF_WORK: 'on' })
    for (const [index, node] of [one, other].entries()) {
      const proof = await proofFrom(node)
      const statuses = await Promise.all([
        join(one, `ada ${index}`, proof),
        join(other, `bo ${index}`, proof),
      ])
      expect(statuses.toSorted()).toEqual([201, 403])
      expect(await join(other, `cy ${index}`, proof)).toBe(403)
    }
  })

  test('a passkey signs in on one what the other one asked for, once', async () => {
    const { one, other } = await startPair()
    const token = await memberToken(one)
    const [here, there] = [passkeysAt(one, origin), passkeysAt(other, origin)]
    // Also what adds it begins on one node and ends on the other.
    const credential = await here.created(token)
    await there.add(token, credential).expect(201)
    await here.add(token, credential).expect(400)
    const authenticator = await here.withPasskey(token)
    for (const [asked, answered] of [
      [here, there],
      [there, here],
    ] as const) {
      const signed = await asked.signed(authenticator)
      const answers = await Promise.all([answered.signIn(signed), asked.signIn(signed)])
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401])
    }
  })

  test('the second step is turned on over both, and its codes are valid once', async () => {
    const { one, other } = await startPair()
    const token = await memberToken(one)
    const asked = (await begin(one, token).expect(201)).body as { data: SecondStepKey }
    const codeAt = phone(asked.data.key, systemClock)
    const confirmed = (await confirm(other, token, codeAt(0)).expect(200)).body as { data: RecoveryCodes }
    const [code = ''] = confirmed.data.recoveryCodes
    const statuses = async (given: string) =>
      (await Promise.all([login(one, given), login(other, given)])).map(({ status }) => status).toSorted()
    expect(await statuses(code)).toEqual([200, 401])
    expect(await statuses(codeAt(1))).toEqual([200, 401])
  })

  test('a link that works once does so on either', async () => {
    const { one, other } = await startPair({ REGISTRATION: 'invited' })
    const owner = bearer(await ownerToken(one))
    const { body } = await api(one).post('/api/invitations').set(owner).expect(201)
    const invitation = (body as { data: { url: string } }).data.url.split('#')[1]
    const register = async (node: TestApp, name: string) => {
      const account = { ...memberAccount, email: `${name}@example.org`, nick: name, invitation }
      return (await api(node).post('/api/register').send(account)).status
    }
    expect((await Promise.all([register(one, 'Ada'), register(other, 'Bo')])).toSorted()).toEqual([201, 403])
  })

  test('`sentAt` never goes back within a room, and slow mode lasts its seconds', async () => {
    const { one, other } = await startPair({ LIMIT_MESSAGES: 'off', PROOF_OF_WORK: 'off' })
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    const times: number[] = []
    for (let count = 0; count < 6; count++)
      for (const by of [ada, bo]) times.push(Date.parse((await by.send('hej')).sentAt))
    expect(times).toEqual(times.toSorted((first, second) => first - second))
    const owner = bearer(await ownerToken(one))
    await api(one).patch('/api/chat/rooms/lobby').set(owner).send({ slowSeconds: 2 }).expect(200)
    const say = (by: Visitor) =>
      by.emit('message:send', { room: 'lobby', id: crypto.randomUUID(), text: 'hej' })
    await pause(2_000)
    for (let round = 0; round < 2; round++) {
      expect(await say(bo)).toMatchObject({ ok: true })
      expect(await say(bo)).toMatchObject({ error: { code: 'RATE_LIMITED' } })
      await pause(2_000)
    }
  })
})
