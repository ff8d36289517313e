import { describe, expect, test } from '@jest/globals'
import { describeDevice } from '../src/accounts/user-agent.ts'
import { SESSIONS_MAX } from '../src/accounts/sessions.ts'
import { systemClock } from '../src/clock.ts'
import { api, bearer, memberAccount, memberToken, ownerToken, refusal, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect } from './support/visitors.ts'

const DAY = 24 * 3_600_000
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** A clock that jumps over days without running the timers that would have fallen due. */
function leapingClock() {
  let now = Date.parse('2026-03-03T08:00:00Z')
  return { ...systemClock, now: () => now, advance: (ms: number) => void (now += ms) }
}

type Listed = { id: string; createdAt: string; lastUsedAt: string; current: boolean }

async function sessionsOf(app: TestApp, token: string): Promise<Listed[]> {
  const { body } = await api(app).get('/api/me/sessions').set(bearer(token)).expect(200)
  return (body as { data: Listed[] }).data
}

const cookieOf = (headers: object): string =>
  (headers as { 'set-cookie'?: string[] })['set-cookie']?.find((one) => one.startsWith('me_session=')) ?? ''

describe('a session', () => {
  test('a session ends two weeks after its last use', async () => {
    const clock = leapingClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    clock.advance(14 * DAY - 1)
    await api(app).get('/api/me').set(bearer(token)).expect(200)
    clock.advance(14 * DAY)
    const { body } = await api(app).get('/api/me').set(bearer(token)).expect(401)
    expect(body).toEqual(refusal(401, 'TOKEN_INVALID'))
  })

  test('a session in use lasts at most ninety days', async () => {
    const clock = leapingClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    for (let day = 10; day < 90; day += 10) {
      clock.advance(10 * DAY)
      await api(app).get('/api/me').set(bearer(token)).expect(200)
    }
    clock.advance(10 * DAY)
    await api(app).get('/api/me').set(bearer(token)).expect(401)
  })

  test('an open connection keeps a session in use', async () => {
    const clock = leapingClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    const cookie = `me_session=${token}`
    clock.advance(13 * DAY)
    await connect(app, { headers: { cookie } })
    clock.advance(13 * DAY)
    await api(app).get('/api/me').set({ cookie }).expect(200)
  })

  test('a session renews the browser’s cookie on GET /api/me with that cookie only', async () => {
    const clock = leapingClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    clock.advance(5 * DAY)
    const byCookie = await api(app)
      .get('/api/me')
      .set({ cookie: `me_session=${token}` })
      .expect(200)
    const renewed = cookieOf(byCookie.headers)
    expect(renewed).toContain(`me_session=${token};`)
    const ends = Date.parse(/Expires=([^;]+)/.exec(renewed)?.[1] ?? '')
    expect(Math.abs(ends - (clock.now() + 14 * DAY))).toBeLessThan(60_000)
    expect(renewed).toContain('HttpOnly; SameSite=Lax')
    const byHeader = await api(app).get('/api/me').set(bearer(token)).expect(200)
    expect(byHeader.headers['set-cookie']).toBeUndefined()
  })
})

describe('the list of sessions', () => {
  test('a user’s sessions are listed with times and devices, the last used first, without an address', async () => {
    const clock = leapingClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    clock.advance(DAY)
    await api(app).post('/api/login').set('user-agent', firefox).send(memberAccount).expect(200)
    clock.advance(DAY)
    await ownerToken(app)
    const start = clock.now() - 2 * DAY
    const iso = (time: number) => new Date(time).toISOString()
    expect(await sessionsOf(app, token)).toEqual([
      {
        id: expect.any(String),
        createdAt: iso(start),
        name: null,
        lastUsedAt: iso(start + 2 * DAY),
        current: true,
        device: { browser: null, system: null },
      },
      {
        id: expect.any(String),
        createdAt: iso(start + DAY),
        name: null,
        lastUsedAt: iso(start + DAY),
        current: false,
        device: { browser: 'Firefox', system: 'Linux' },
      },
    ])
    clock.advance(13 * DAY)
    expect(await sessionsOf(app, token)).toHaveLength(1)
  })

  test('a user ends another of their sessions, and its connections close', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const lost = await signIn(app, memberAccount)
    const socket = await connect(app, { auth: { token: lost } })
    const gone = socket.disconnected()
    const [other] = (await sessionsOf(app, token)).filter(({ current }) => !current)
    await api(app).delete(`/api/me/sessions/${other?.id}`).set(bearer(token)).expect(204)
    await gone
    await api(app).get('/api/me').set(bearer(lost)).expect(401)
    await api(app).get('/api/me').set(bearer(token)).expect(200)
    await api(app).delete(`/api/me/sessions/${other?.id}`).set(bearer(token)).expect(404)
  })

  test('a user who ends their current session is signed out', async () => {
    const app = await startApp()
    const cookie = `me_session=${await memberToken(app)}`
    const { body } = await api(app).get('/api/me/sessions').set({ cookie }).expect(200)
    const { headers } = await api(app)
      .delete(`/api/me/sessions/${body.data[0].id}`)
      .set({ cookie })
      .expect(204)
    expect(cookieOf(headers)).toMatch(/^me_session=; .*Expires=Thu, 01 Jan 1970/)
    await api(app).get('/api/me').set({ cookie }).expect(401)
  })

  test('a user’s sessions can be seen and ended by nobody else, not even the owner', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    const [own] = await sessionsOf(app, token)
    const owner = await ownerToken(app)
    expect(await sessionsOf(app, owner)).toHaveLength(1)
    const { body } = await api(app).delete(`/api/me/sessions/${own?.id}`).set(bearer(owner)).expect(404)
    expect(body).toEqual(refusal(404, 'NOT_FOUND'))
    const visitor = await api(app).post('/api/chat/visitors').send({ nick: 'bo' }).expect(201)
    await api(app).get('/api/me/sessions').set(bearer(visitor.body.data.token)).expect(401)
    await api(app).get('/api/me/sessions').expect(401)
    await api(app).get('/api/me').set(bearer(token)).expect(200)
  })
})

describe('too many sessions of one user', () => {
  test('the least recently used sessions beyond the maximum end, and their connections close', async () => {
    const clock = leapingClock()
    const app = await startApp({ clock })
    const first = await memberToken(app)
    clock.advance(DAY)
    const second = await signIn(app, memberAccount)
    const socket = await connect(app, { auth: { token: second } })
    const gone = socket.disconnected()
    clock.advance(DAY)
    // Used again, it is no longer the one that was used longest ago.
    await api(app).get('/api/me').set(bearer(first)).expect(200)
    const others: string[] = []
    for (let n = 0; n < SESSIONS_MAX - 2; n++) {
      clock.advance(1_000)
      others.push(await signIn(app, memberAccount))
    }
    for (const token of [first, others[0]!]) await api(app).get('/api/me').set(bearer(token)).expect(200)
    expect(await sessionsOf(app, first)).toHaveLength(SESSIONS_MAX)
    await signIn(app, memberAccount)
    await gone
    await api(app).get('/api/me').set(bearer(second)).expect(401)
    await api(app).get('/api/me').set(bearer(first)).expect(200)
    for (let n = 0; n < 5; n++) await signIn(app, memberAccount)
    const last = await signIn(app, memberAccount)
    expect(await sessionsOf(app, last)).toHaveLength(SESSIONS_MAX)
    await api(app)
      .get('/api/me')
      .set(bearer(others.at(-1)!))
      .expect(200)
  })

  test('many sign-ins at once leave at most the maximum of sessions in the database, and other users keep theirs', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: 'off' } })
    const owner = await ownerToken(app)
    await memberToken(app)
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 30 }, async () => signIn(app, memberAccount)))
    const rows = await app.db.selectFrom('sessions').select('id').execute()
    expect(rows).toHaveLength(SESSIONS_MAX + 1)
    await api(app).get('/api/me').set(bearer(owner)).expect(200)
  })
})

test.each([
  [firefox, 'Firefox', 'Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    'Safari',
    'iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
    'Chrome',
    'Android',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
    'Safari',
    'macOS',
  ],
  ['curl/8.5.0', null, null],
  [undefined, null, null],
])('the user agent %s is described as %s on %s', (userAgent, browser, system) => {
  expect(describeDevice(userAgent)).toEqual({ browser, system })
})
