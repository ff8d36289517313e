import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { hash } from '@node-rs/argon2'
import { createAccountsStore } from '../src/accounts/accounts.store.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, ownerToken } from './support/rest.ts'
import { HALF_MINUTE, begin, confirm, login, phone, secured } from './support/two-factor.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const ROUNDS = 8
const settings = { LIMIT_LOGINS: 'off' }

type Credentials = { email: string; password: string }

/** Signs in; the token, or null where it is refused. */
async function tokenOf(app: TestApp, { email, password }: Credentials): Promise<string | null> {
  const { status, body } = await api(app).post('/api/login').send({ email, password })
  expect([200, 401]).toContain(status)
  return status === 200 ? (body as { data: { token: string } }).data.token : null
}

const statusOf = async (app: TestApp, token: string): Promise<number> =>
  (await api(app).get('/api/me').set(bearer(token))).status

/** Sign-ins that begin at about the moment of a change, before it and after it. */
async function signInsAround(app: TestApp, who: Credentials, change: () => Promise<unknown>) {
  const [early, , late] = await Promise.all([tokenOf(app, who), change(), tokenOf(app, who)])
  return [early, late].filter((token) => token !== null)
}

describe('sign-ins under way', () => {
  test('a sign-in under way leaves no session by the old password when it is changed', async () => {
    const app = await startApp({ settings })
    const token = await memberToken(app)
    let password = memberAccount.password
    for (let round = 0; round < ROUNDS; round++) {
      const [current, next] = [password, `engine number ${round}`]
      const change = () =>
        api(app).post('/api/me/password').set(bearer(token)).send({ current, next }).expect(204)
      const tokens = await signInsAround(app, { ...memberAccount, password: current }, async () => change())
      for (const one of tokens) expect(await statusOf(app, one)).toBe(401)
      password = next
    }
    expect(await statusOf(app, token)).toBe(200)
  })

  test('a sign-in under way leaves no session by the old password when the owner is set again', async () => {
    const app = await startApp({ settings })
    await ownerToken(app)
    let password = ownerAccount.password
    for (let round = 0; round < ROUNDS; round++) {
      const [current, next] = [password, `battery number ${round}`]
      const tokens = await signInsAround(app, { ...ownerAccount, password: current }, () =>
        // As `npm run owner` does beside the server.
        app.app.owner.set({ ...ownerAccount, password: next }),
      )
      for (const one of tokens) expect(await statusOf(app, one)).toBe(401)
      password = next
    }
  })

  test('a sign-in under way leaves no session without a code when two-factor authentication is turned on', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const token = await memberToken(app)
    for (let round = 0; round < ROUNDS; round++) {
      const { body } = await begin(app, token).expect(201)
      const codeAt = phone((body as { data: { key: string } }).data.key, clock)
      const tokens = await signInsAround(app, memberAccount, async () =>
        confirm(app, token, codeAt(0)).expect(200),
      )
      for (const one of tokens) expect(await statusOf(app, one)).toBe(401)
      clock.advance(HALF_MINUTE)
      const off = { password: memberAccount.password, code: codeAt(0) }
      await api(app).post('/api/me/second-step/off').set(bearer(token)).send(off).expect(204)
    }
  })

  test('a sign-in under way succeeds when the same password is rehashed meanwhile', async () => {
    const app = await startApp({ settings })
    await memberToken(app)
    for (let round = 0; round < 4; round++) {
      const weak = await hash(memberAccount.password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 })
      await app.db.updateTable('users').set({ password_hash: weak }).execute()
      const tokens = await Promise.all(Array.from({ length: 6 }, () => tokenOf(app, memberAccount)))
      for (const one of tokens) expect(one && (await statusOf(app, one))).toBe(200)
    }
  })

  test('a sign-in under way does not overwrite a new password with a rehash of the old one', async () => {
    const app = await startApp({ settings })
    const token = await memberToken(app)
    for (let round = 0; round < ROUNDS; round++) {
      const [current, next] = [`engine number ${round}`, `engine number ${round + 1}`]
      const weak = await hash(current, { memoryCost: 8_192, timeCost: 1, parallelism: 1 })
      await app.db.updateTable('users').set({ password_hash: weak }).execute()
      const change = async () => api(app).post('/api/me/password').set(bearer(token)).send({ current, next })
      const [{ status }] = await Promise.all([
        change(),
        tokenOf(app, { ...memberAccount, password: current }),
      ])
      const isChanged = status === 204
      expect([204, 401]).toContain(status)
      expect(await tokenOf(app, { ...memberAccount, password: isChanged ? next : current })).not.toBeNull()
      expect(await tokenOf(app, { ...memberAccount, password: isChanged ? current : next })).toBeNull()
    }
  })
})

test('a session opens only with the current password and two-factor state', async () => {
  const { app, clock, token } = await secured({ settings })
  const store = createAccountsStore(app.db)
  const member = app.db.selectFrom('users').selectAll().where('role', '=', 'member')
  const row = await member.executeTakeFirstOrThrow()
  const { confirmed_at: since } = await app.db
    .selectFrom('second_steps')
    .select('confirmed_at')
    .executeTakeFirstOrThrow()
  const open = (passwordHash: string, secondStepSince: number | null) => {
    const now = clock.now()
    const times = { created_at: now, used_at: now, proved_at: now, expires_at: now + 60_000 }
    const session = { id: randomUUID(), user_id: row.id, name: null, browser: null, system: null, ...times }
    return store.openSession(session, { passwordHash, secondStepSince }, 50)
  }
  // As read by a sign-in before two-factor authentication was turned on, or was turned off and on again.
  expect(await open(row.password_hash, null)).toBeNull()
  expect(await open(row.password_hash, (since ?? 0) - 1)).toBeNull()
  expect(await open('another hash', since)).toBeNull()
  expect(
    await app.db.selectFrom('sessions').select('id').where('user_id', '=', row.id).execute(),
  ).toHaveLength(1)
  expect(await open(row.password_hash, since)).toEqual([])
  expect(await statusOf(app, token)).toBe(200)
})

test('a session whose user is deleted while it is used has ended, and nothing is stored of the use', async () => {
  const app = await startApp()
  await memberToken(app)
  const store = createAccountsStore(app.db)
  const { id, user_id } = await app.db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
  const use = () => store.useSession(id, user_id, 7, 8)
  expect(await use()).toBe(true)
  expect(await app.db.selectFrom('sessions').select(['used_at', 'expires_at']).execute()).toEqual([
    { used_at: 7, expires_at: 8 },
  ])
  expect(await app.db.selectFrom('last_uses').selectAll().execute()).toEqual([{ user_id, at: 7 }])
  await app.db.deleteFrom('users').where('id', '=', user_id).execute()
  expect(await use()).toBe(false)
  expect(await app.db.selectFrom('last_uses').selectAll().execute()).toEqual([])
})

test('one of two simultaneous password changes succeeds, and only its session remains', async () => {
  const app = await startApp({ settings })
  const tokens = [await memberToken(app), (await tokenOf(app, memberAccount)) ?? '']
  const change = (token: string, next: string) =>
    api(app).post('/api/me/password').set(bearer(token)).send({ current: memberAccount.password, next })
  const answers = await Promise.all(tokens.map(async (token, n) => change(token, `engine number ${n}`)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401])
  const winner = answers.findIndex(({ status }) => status === 204)
  expect(await Promise.all(tokens.map((token) => statusOf(app, token)))).toEqual(
    winner === 0 ? [200, 401] : [401, 200],
  )
  expect(await tokenOf(app, { ...memberAccount, password: `engine number ${winner}` })).not.toBeNull()
})

test('a session that ends meanwhile cannot turn two-factor authentication on', async () => {
  const clock = manualClock()
  const app = await startApp({ settings, clock })
  const [owned, stolen] = [await memberToken(app), (await tokenOf(app, memberAccount)) ?? '']
  let password = memberAccount.password
  for (let round = 0; round < ROUNDS; round++) {
    const thief = round === 0 ? stolen : ((await tokenOf(app, { ...memberAccount, password })) ?? '')
    const { body } = await begin(app, thief, { password }).expect(201)
    const codeAt = phone((body as { data: { key: string } }).data.key, clock)
    const [current, next] = [password, `engine number ${round}`]
    const change = async () => api(app).post('/api/me/password').set(bearer(owned)).send({ current, next })
    // About when the password's two hashes are done.
    const late = async () => {
      await api(app).get('/api/me').set(bearer(owned))
      return confirm(app, thief, codeAt(0))
    }
    const [changed, confirmed] = await Promise.all([change(), late()])
    // Either the thief was first, whose second step ended the owner's session, or the owner was.
    expect([changed.status, confirmed.status].toSorted()).toEqual([200, 401])
    if (confirmed.status === 200) return
    password = next
  }
})

test('a code of an earlier two-factor key is refused after the key was replaced', async () => {
  const { app, clock, token, codeAt } = await secured({ settings })
  const old = codeAt(0)
  await api(app)
    .post('/api/me/second-step/off')
    .set(bearer(token))
    .send({ password: memberAccount.password, code: old })
    .expect(204)
  const { body } = await begin(app, token).expect(201)
  clock.advance(HALF_MINUTE)
  await confirm(app, token, phone((body as { data: { key: string } }).data.key, clock)(0)).expect(200)
  await login(app, codeAt(0)).expect(401)
})
