import { describe, expect, test } from '@jest/globals'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { createJoinPressure, levelOf } from '../src/chat/rate-limits/join-pressure.ts'
import type { Challenge } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, memberAccount, memberToken, refusal, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, refusedConnection, visitor } from './support/visitors.ts'

const always = { PROOF_OF_WORK: 'on' }
const proxied = { TRUST_PROXY: '1', LIMIT_JOINS: 'off', LIMIT_CONNECTIONS: 'off' }
const from = (address?: string) => (address === undefined ? {} : { 'X-Forwarded-For': address })
const needed = { code: 'PROOF_REQUIRED', message: expect.any(String) }

async function challengeOf(app: TestApp, address?: string): Promise<Challenge> {
  const { body } = await api(app).get('/api/chat/challenge').set(from(address)).expect(200)
  return (body as { data: Challenge }).data
}

/** Solves the challenge as a browser does, and encodes the solution. */
async function proofOf(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey })
  return encode({ challenge, solution })
}

const encode = (payload: unknown): string => Buffer.from(JSON.stringify(payload)).toString('base64')

const join = (app: TestApp, nick: string, proof?: unknown, address?: string) =>
  api(app).post('/api/chat/visitors').set(from(address)).send({ nick, proof })

describe('proof of work with PROOF_OF_WORK=on', () => {
  test('a new visitor needs a proof in the handshake, nick:set and POST /api/chat/visitors', async () => {
    const app = await startApp({ settings: always })
    const proof = async () => proofOf(await challengeOf(app))
    expect(await refusedConnection(app, { auth: { nick: 'ada' } })).toEqual(needed)
    const ada = await connect(app, { auth: { nick: 'ada', proof: await proof() } })
    expect(ada.welcome.self).toMatchObject({ nick: 'ada' })

    const bo = await connect(app)
    expect(await bo.emit('nick:set', { nick: 'bo' })).toEqual({ ok: false, error: needed })
    const set = await bo.emit('nick:set', { nick: 'bo', proof: await proof() })
    expect(set).toMatchObject({ ok: true, data: { self: { nick: 'bo' }, token: expect.any(String) } })

    expect((await join(app, 'cy').expect(403)).body).toEqual(refusal(403, 'PROOF_REQUIRED'))
    await join(app, 'cy', await proof()).expect(201)
  })

  test('a visitor with a token, a member and a visitor who changes their nick need no proof', async () => {
    const app = await startApp({ settings: always })
    const auth = { nick: 'bo', tab: 'one tab' }
    const bo = await connect(app, { auth: { ...auth, proof: await proofOf(await challengeOf(app)) } })
    expect(await bo.setNick('bobo')).toMatchObject({ self: { nick: 'bobo' } })
    const again = await connect(app, { auth: { token: bo.welcome.token ?? '' } })
    expect(again.welcome.self?.id).toBe(bo.welcome.self?.id)
    const inTab = await connect(app, { auth: { ...auth, nick: 'bobo' } })
    expect(inTab.welcome.self?.id).toBe(bo.welcome.self?.id)
    const ada = await connect(app, { auth: { token: await memberToken(app) } })
    expect(ada.welcome.self).toMatchObject({ role: 'member' })
  })

  test('a proof is accepted once, even when two visitors send it at the same time', async () => {
    const app = await startApp({ settings: always })
    const proof = await proofOf(await challengeOf(app))
    const both = await Promise.all([join(app, 'ada', proof), join(app, 'bo', proof)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 403])
    await join(app, 'cy', proof).expect(403)
  })

  test('a proof sent with a taken nick can be used again', async () => {
    const app = await startApp({ settings: always })
    const [first, second] = [await proofOf(await challengeOf(app)), await proofOf(await challengeOf(app))]
    await join(app, 'ada', first).expect(201)
    await join(app, 'ADA', second).expect(409)
    await join(app, 'bo', second).expect(201)
  })

  test('a proof is refused from another address, from another site or when expired', async () => {
    const clock = manualClock()
    const app = await startApp({ settings: { ...always, ...proxied }, clock })
    const elsewhere = await startApp({
      settings: { ...always, SESSION_SECRET: 'the secret of some other site' },
    })
    const [foreign, mine] = [
      await proofOf(await challengeOf(elsewhere)),
      await proofOf(await challengeOf(app)),
    ]
    await join(app, 'ada', foreign).expect(403)
    await join(app, 'ada', mine, '10.0.0.2').expect(403)
    clock.advance(5 * 60_000)
    await join(app, 'ada', mine).expect(403)
    await join(app, 'ada', await proofOf(await challengeOf(app))).expect(201)
  })

  test('a proof is accepted within the IPv6 /64 that asked for its challenge', async () => {
    const app = await startApp({ settings: { ...always, ...proxied } })
    const proof = await proofOf(await challengeOf(app, '2001:db8:0:1::1'))
    await join(app, 'ada', proof, '2001:db8:0:2::1').expect(403)
    await join(app, 'ada', proof, '2001:db8:0:1::2').expect(201)
  })

  test('a malformed or forged proof is refused', async () => {
    const app = await startApp({ settings: always })
    const challenge = await challengeOf(app)
    const { parameters } = challenge
    const solution = { counter: 600, derivedKey: '00'.repeat(32) }
    const cheap = { ...challenge, parameters: { ...parameters, cost: 1, keyPrefix: '00' } }
    const unsigned = { challenge: { ...challenge, signature: '' }, solution }
    for (const proof of [
      'nonsense',
      '',
      7,
      {},
      null,
      'A'.repeat(5_000),
      encode(null),
      encode([]),
      encode({ challenge, solution }),
      encode({ challenge, solution: { ...solution, derivedKey: parameters.keyPrefix } }),
      encode({ challenge, solution: { counter: 1e99, derivedKey: 'zz' } }),
      encode({ challenge: { parameters: { ...parameters, keyPrefix: '' }, signature: '' }, solution }),
      encode(unsigned),
      await proofOf(cheap),
    ])
      await join(app, 'ada', proof).expect(403)
    await join(app, 'ada', await proofOf(challenge)).expect(201)
  })
})

describe('proof of work under join pressure', () => {
  const names = Array.from({ length: 30 }, (_, n) => `guest ${n}`)

  test('a visitor needs no proof without join pressure', async () => {
    const ada = await visitor(await startApp(), 'ada')
    expect(ada.welcome.self).toMatchObject({ nick: 'ada' })
  })

  test('many joins from many addresses require proofs until a quiet minute has passed', async () => {
    const clock = manualClock()
    const app = await startApp({ settings: proxied, clock })
    for (const [n, name] of names.entries()) await join(app, name, undefined, `10.0.${n}.1`)
    await join(app, 'ada').expect(403)
    await join(app, 'ada', await proofOf(await challengeOf(app))).expect(201)
    clock.advance(60_000)
    await join(app, 'bo').expect(201)
  })

  test('many joins from one address require no proof', async () => {
    const app = await startApp({ settings: proxied })
    for (const name of names) await join(app, name).expect(201)
    await join(app, 'ada', undefined, '10.0.0.2').expect(201)
  })

  test('twelve joins from many addresses require proofs within two seconds only', async () => {
    const clock = manualClock()
    const app = await startApp({ settings: proxied, clock })
    for (const [n, name] of names.slice(0, 11).entries())
      await join(app, name, undefined, `10.0.${n}.1`).expect(201)
    clock.advance(2_000)
    for (const [n, name] of names.slice(11, 22).entries())
      await join(app, name, undefined, `10.0.${n}.1`).expect(201)
    await join(app, 'ada').expect(403)
    clock.advance(2_000)
    await join(app, 'ada').expect(201)
  })

  test('a proof of half the current difficulty is accepted, and an easier one is refused', async () => {
    const clock = manualClock()
    const app = await startApp({ settings: proxied, clock })
    const [stocked, other] = [await proofOf(await challengeOf(app)), await proofOf(await challengeOf(app))]
    for (let n = 0; n < 60; n++) await join(app, `guest ${n}`, undefined, `10.0.${n}.1`)
    await join(app, 'ada', stocked).expect(201)
    for (let n = 60; n < 120; n++) await join(app, `guest ${n}`, undefined, `10.0.${n}.1`)
    await join(app, 'bo', other).expect(403)
    await join(app, 'bo', await proofOf(await challengeOf(app))).expect(201)
  })

  test('registrations need proofs under join pressure, and add to it', async () => {
    const app = await withOwner(await startApp({ settings: proxied, clock: manualClock() }))
    const register = (nick: string, address: string, proof?: string) =>
      api(app)
        .post('/api/register')
        .set(from(address))
        .send({ ...memberAccount, nick, email: `${nick}@example.org`, proof })
    await Promise.all(names.slice(0, 11).map((name, n) => join(app, name, undefined, `10.0.${n}.1`)))
    await register('ada', '10.0.99.1').expect(403)
    expect((await register('ada', '10.0.99.1').expect(403)).body).toEqual(refusal(403, 'PROOF_REQUIRED'))
    await join(app, 'bo').expect(403)
    const proof = await proofOf(await challengeOf(app, '10.0.0.1'))
    await register('ada', '10.0.0.1', proof).expect(201)
    await register('bo', '10.0.0.1', proof).expect(403)
  })

  test('PROOF_OF_WORK=off requires no proof under join pressure', async () => {
    const app = await startApp({ settings: { ...proxied, PROOF_OF_WORK: 'off' } })
    for (const [n, name] of names.entries()) await join(app, name, undefined, `10.0.${n}.1`)
    await join(app, 'ada').expect(201)
  })
})

describe('join pressure from one network', () => {
  const triesNow = async (app: TestApp) =>
    (await solveChallenge({ challenge: await challengeOf(app), deriveKey }))?.counter ?? 0

  /** Asks for five identities from each of a hundred addresses. */
  async function flood(app: TestApp, addressOf: (n: number) => string): Promise<number[]> {
    const answers: number[] = []
    for (let n = 0; n < 500; n++)
      answers.push((await join(app, `guest ${n}`, undefined, addressOf(n % 100))).status)
    return answers
  }

  test.each([
    ['100 networks of one IPv6 /48', (n: number) => `2001:db8:7:${n.toString(16)}::1`, '2001:db8:7:ffff::1'],
    ['100 addresses of one IPv4 /24', (n: number) => `198.51.100.${n}`, '198.51.100.200'],
    [
      '100 addresses of one IPv4 /24, written as IPv6',
      (n: number) => `::ffff:198.51.100.${n}`,
      '198.51.100.7',
    ],
  ])(
    'a flood from %s requires proofs of that network and not of others',
    async (_where, addressOf, neighbour) => {
      const clock = manualClock()
      const app = await startApp({ settings: proxied, clock })
      const answers = await flood(app, addressOf)
      expect(answers.filter((status) => status === 201)).toHaveLength(11)
      await join(app, 'ada').expect(201)
      await join(app, 'bo', undefined, '2001:db8:8::1').expect(201)
      expect(await triesNow(app)).toBeLessThan(1_000)
      await join(app, 'cy', undefined, neighbour).expect(403)
      // As hard as it was for everybody in earlier versions.
      const { parameters } = await challengeOf(app, neighbour)
      expect(parameters.data.least).toBe(8_000)
    },
  )

  test.each([
    ['IPv6', (n: number) => `2001:db8:${n.toString(16)}::1`],
    ['IPv4', (n: number) => `10.1.${n}.1`],
  ])('refused attempts of one network count once towards join pressure: %s', async (_kind, addressOf) => {
    const app = await startApp({ settings: proxied, clock: manualClock() })
    await flood(app, addressOf)
    const { parameters } = await challengeOf(app)
    expect(parameters.data.least).toBe(1_000)
  })

  test('a raid from one network needs proofs until it ends', async () => {
    const clock = manualClock()
    const app = await startApp({ settings: proxied, clock })
    let admitted = 0
    for (let second = 0; second < 180; second++) {
      for (let n = 0; n < 3; n++) {
        const from = `2001:db8:7:${((3 * second + n) % 40).toString(16)}::1`
        const { status } = await join(app, `guest ${second} ${n}`, undefined, from)
        if (status === 201) admitted++
      }
      clock.advance(1_000)
    }
    expect(admitted).toBeLessThan(30)
    clock.advance(60_000)
    await join(app, 'ada', undefined, '2001:db8:7:1::1').expect(201)
  })

  test('joins with a proof count at most five times per network towards join pressure', async () => {
    const pressure = createJoinPressure({ clock: manualClock() })
    const prove = (address: string) => {
      const attempt = pressure.noticed(address)
      attempt.held()
      attempt.proved()
    }
    for (const site of ['10.0.1', '10.0.2']) for (let n = 0; n < 40; n++) prove(`${site}.${n}`)
    expect(pressure.level('192.0.2.1')).toBe(0)
    for (let site = 0; site < 4; site++) for (let n = 0; n < 40; n++) prove(`2001:db8:${site}:${n}::1`)
    expect(pressure.level('192.0.2.1')).toBe(1)
    for (let site = 4; site < 10; site++) for (let n = 0; n < 5; n++) prove(`2001:db8:${site}::1`)
    expect(pressure.level('192.0.2.1')).toBe(2)
  })

  test('joins and registrations refused for other reasons add no join pressure', async () => {
    const app = await startApp({
      settings: { ...proxied, LIMIT_JOINS: '1/10m' },
      clock: manualClock(),
    })
    await memberToken(app)
    const from100 = async (send: (address: string) => PromiseLike<{ status: number }>, status: number) => {
      for (let n = 0; n < 40; n++) expect((await send(`10.1.${n}.1`)).status).toBe(status)
    }
    await from100((address) => join(app, 'Ada', undefined, address), 409)
    await from100((address) => join(app, '<b>', undefined, address), 400)
    const register = (address: string, nick: string) =>
      api(app)
        .post('/api/register')
        .set(from(address))
        .send({ ...memberAccount, nick })
    await from100((address) => register(address, 'somebody'), 409)
    // The one join of each address is used up now.
    await from100((address) => join(app, `guest ${address}`, undefined, address), 429)
    await join(app, 'bo', undefined, '10.2.0.1').expect(201)
  })
})

test('a join without its proof does not count towards LIMIT_JOINS, which refuses further joins with a proof', async () => {
  const app = await startApp({ settings: { ...always, TRUST_PROXY: '1', LIMIT_JOINS: '1/10m' } })
  for (let n = 0; n < 5; n++) await join(app, 'ada').expect(403)
  await join(app, 'ada', await proofOf(await challengeOf(app))).expect(201)
  const proof = await proofOf(await challengeOf(app))
  expect((await join(app, 'bo', proof).expect(429)).body).toEqual(refusal(429, 'RATE_LIMITED'))
})

test('join pressure remembers at most as many attempts as the highest level needs', () => {
  const clock = manualClock()
  const pressure = createJoinPressure({ clock })
  for (let n = 0; n < 3_000; n++) pressure.noticed(`2001:db8:${n.toString(16)}::1`)
  expect(pressure.level('192.0.2.1')).toBe(5)
  expect(pressure.size()).toBe(480)
  for (let n = 0; n < 3_000; n++) pressure.noticed(`2001:db8:0:${n.toString(16)}::1`)
  expect(pressure.size()).toBe(480)
  clock.advance(60_000)
  expect(pressure.level('2001:db8::1')).toBe(0)
})

test('join pressure is counted over a minute, and each level needs twice the attempts', () => {
  const attempts = (count: number, at: number) => Array.from({ length: count }, () => ({ at, from: null }))
  expect([0, 29, 30, 59, 60, 120, 9_999].map((count) => levelOf(attempts(count, 1), 60_000))).toEqual([
    0, 0, 1, 1, 2, 3, 5,
  ])
  expect(levelOf(attempts(60, 1), 60_001)).toBe(0)
  expect([11, 12, 29].map((count) => levelOf(attempts(count, 1), 2_000))).toEqual([0, 1, 1])
})

test('challenges become harder with more joins', async () => {
  const app = await startApp({ settings: proxied, clock: manualClock() })
  const triesNow = async () =>
    (await solveChallenge({ challenge: await challengeOf(app), deriveKey }))?.counter ?? 0
  expect(await triesNow()).toBeLessThan(1_000)
  for (let n = 0; n < 60; n++) await join(app, `guest ${n}`, undefined, `10.0.${n}.1`)
  expect(await triesNow()).toBeGreaterThanOrEqual(1_000)
})

test('a challenge is not cached, and one address gets sixty a minute', async () => {
  const app = await startApp({ settings: { TRUST_PROXY: '1' } })
  const answers = await Promise.all(
    Array.from({ length: 61 }, () => api(app).get('/api/chat/challenge').set(from('10.0.0.9'))),
  )
  expect(answers[0]?.headers['cache-control']).toBe('no-store')
  expect(answers.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1)
})
