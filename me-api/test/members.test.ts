import { describe, expect, test } from '@jest/globals'
import { hashPassword } from '../src/accounts/passwords.ts'
import { owners, siteWithMember, tokenIn } from './support/members.ts'
import { accountLog } from './support/moderation.ts'
import {
  api,
  bearer,
  bosAccount,
  memberAccount,
  memberToken,
  ownerAccount,
  refusal,
  signIn,
  withOwner,
} from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect } from './support/visitors.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const reset = (app: TestApp, token: string, password = 'another engine') =>
  api(app).post('/api/password/reset').send({ token, password })
const badLink = refusal(403, 'FORBIDDEN', '/token')

describe('the list of members', () => {
  test('has every account, the oldest first, with the minute in which it was last used', async () => {
    const { app, clock, list, member, owner } = await siteWithMember()
    const start = clock.now()
    clock.advance(DAY)
    await memberToken(app, bosAccount)
    clock.advance(10 * 60_000)
    await api(app).get('/api/me').set(bearer(member)).expect(200)
    await api(app).post('/api/me/confirm').set(bearer(owner)).send({ password: ownerAccount.password })
    const at = (ms: number) => new Date(start + ms).toISOString()
    const account = (email: string, nick: string, role: string) => ({
      id: expect.any(String),
      email,
      nick,
      role,
    })
    const now = at(DAY + 10 * 60_000)
    expect(await list()).toEqual([
      { ...account(ownerAccount.email, 'owner', 'owner'), createdAt: at(-1_000), lastSeenAt: now },
      { ...account(memberAccount.email, 'Ada', 'member'), createdAt: at(0), lastSeenAt: now },
      { ...account(bosAccount.email, 'Bo', 'member'), createdAt: at(DAY), lastSeenAt: at(DAY) },
    ])
  })

  test('counts the owner’s time in the chat too', async () => {
    const { app, clock, list } = await siteWithMember()
    await app.db
      .updateTable('users')
      .set({ seen_at: clock.now() + 1_000 })
      .execute()
    const [owner, ada] = await list()
    expect(owner?.lastSeenAt).toBe(new Date(clock.now() + 1_000).toISOString())
    expect(ada?.lastSeenAt).toBe(new Date(clock.now()).toISOString())
    await app.db.updateTable('users').set({ seen_at: null }).execute()
    await app.db.deleteFrom('last_uses').execute()
    expect((await list()).map(({ lastSeenAt }) => lastSeenAt)).toEqual([null, null])
  })

  test.each([
    ['get', '/api/members'],
    ['post', '/api/members/some-id/reset'],
    ['post', '/api/invitations'],
  ] as const)('%s %s is the owner’s alone, with a fresh proof', async (method, path) => {
    const { app, clock, member, owner } = await siteWithMember()
    await api(app)[method](path).expect(401)
    await api(app)[method](path).set(bearer(member)).expect(403)
    clock.advance(HOUR)
    const { body } = await api(app)[method](path).set(bearer(owner)).expect(403)
    expect(body).toEqual(refusal(403, 'PASSWORD_REQUIRED'))
  })
})

describe('a link to set a password', () => {
  test('works once and ends all sessions, and the former password no longer works', async () => {
    const { app, member, resetLink, clock } = await siteWithMember()
    const ada = await connect(app, { auth: { token: member } })
    const gone = ada.disconnected()
    const link = await resetLink()
    expect(link).toEqual({
      url: expect.stringMatching(new RegExp(`^${app.url}/reset-password#[\\w-]{43}$`)),
      expiresAt: new Date(clock.now() + DAY).toISOString(),
    })
    await reset(app, tokenIn(link)).expect(204)
    await gone
    await api(app).get('/api/me').set(bearer(member)).expect(401)
    await api(app).post('/api/login').send(memberAccount).expect(401)
    await signIn(app, { ...memberAccount, password: 'another engine' })
    expect((await reset(app, tokenIn(link), 'a third engine').expect(403)).body).toEqual(badLink)
  })

  test('is refused in the same words whether it is unknown, old, used, replaced or an invitation', async () => {
    const { app, clock, resetLink } = await siteWithMember()
    const replaced = await resetLink()
    const used = await resetLink()
    await reset(app, tokenIn(used)).expect(204)
    const old = await resetLink()
    clock.advance(DAY - 60_000)
    const fresh = owners(app, await signIn(app, ownerAccount))
    const invitation = await fresh.invite()
    clock.advance(60_000)
    const answers = [
      ...['', 'x', 'x'.repeat(43)].map((token) => reset(app, token)),
      ...[replaced, used, old, invitation].map((link) => reset(app, tokenIn(link))),
    ]
    const words = new Set<string>()
    for (const answer of answers) {
      const { body } = await answer.expect(403)
      expect(body).toEqual(badLink)
      words.add(JSON.stringify(body))
    }
    expect(words.size).toBe(1)
  })

  test('stays valid where the password is refused, and until its last moment', async () => {
    const { app, clock, resetLink } = await siteWithMember()
    const token = tokenIn(await resetLink())
    for (const password of ['short', 'password123', memberAccount.email, 'ＰＡＳＳＷＯＲＤ１２３'])
      expect((await reset(app, token, password).expect(400)).body).toEqual(refusal(400, 'WEAK', '/password'))
    clock.advance(DAY - 1)
    await reset(app, token).expect(204)
  })

  test('used twice at once sets one password', async () => {
    const { app, resetLink } = await siteWithMember()
    const token = tokenIn(await resetLink())
    const passwords = ['the first engine', 'the other engine', 'the third engine']
    const answers = await Promise.all(passwords.map((password) => reset(app, token, password)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403, 403])
    const signIns = await Promise.all(
      passwords.map((password) =>
        api(app)
          .post('/api/login')
          .send({ ...memberAccount, password }),
      ),
    )
    expect(signIns.map(({ status }) => status)).toEqual(
      answers.map(({ status }) => (status === 204 ? 200 : 401)),
    )
  })

  test('ends where the member changes the password meanwhile', async () => {
    const { app, member, resetLink } = await siteWithMember()
    const token = tokenIn(await resetLink())
    const change = { current: memberAccount.password, next: 'my own engine' }
    await api(app).post('/api/me/password').set(bearer(member)).send(change).expect(204)
    await reset(app, token).expect(403)
    await signIn(app, { ...memberAccount, password: 'my own engine' })
  })

  test('goes with the account', async () => {
    const { app, owner, resetLink, idOf } = await siteWithMember()
    const token = tokenIn(await resetLink())
    const id = await idOf('Ada')
    await api(app).delete(`/api/members/${id}`).set(bearer(owner)).expect(204)
    expect((await reset(app, token).expect(403)).body).toEqual(badLink)
    await api(app).post(`/api/members/${id}/reset`).set(bearer(owner)).expect(404)
  })

  test('used while the member is deleted brings nobody back', async () => {
    const { app, owner, resetLink, idOf } = await siteWithMember()
    const token = tokenIn(await resetLink())
    const id = await idOf('Ada')
    const [used, deleted] = await Promise.all([
      reset(app, token),
      api(app).delete(`/api/members/${id}`).set(bearer(owner)),
    ])
    expect(deleted.status).toBe(204)
    expect([204, 403]).toContain(used.status)
    for (const password of [memberAccount.password, 'another engine'])
      await api(app)
        .post('/api/login')
        .send({ ...memberAccount, password })
        .expect(401)
    expect(await app.db.selectFrom('one_time_links').select('hash').execute()).toEqual([])
  })

  test('keeps the second step on', async () => {
    const { app, member, resetLink } = await siteWithMember()
    const on = await api(app)
      .post('/api/me/second-step')
      .set(bearer(member))
      .send({ password: memberAccount.password })
      .expect(201)
    expect(on.body.data.key).toEqual(expect.any(String))
    await app.db.updateTable('second_steps').set({ confirmed_at: 1 }).execute()
    await reset(app, tokenIn(await resetLink())).expect(204)
    const { body } = await api(app)
      .post('/api/login')
      .send({ ...memberAccount, password: 'another engine' })
      .expect(401)
    expect(body).toEqual(refusal(401, 'UNAUTHENTICATED', '/code'))
  })

  test('of two made at once one works', async () => {
    const { app, resetLink } = await siteWithMember()
    const links = await Promise.all([resetLink(), resetLink(), resetLink()])
    const statuses = []
    for (const link of links) statuses.push((await reset(app, tokenIn(link))).status)
    expect(statuses.toSorted()).toEqual([204, 403, 403])
  })

  test('is not made for the owner or an unknown member', async () => {
    const { app, owner, idOf } = await siteWithMember()
    const ask = (id: string) => api(app).post(`/api/members/${id}/reset`).set(bearer(owner))
    expect((await ask(await idOf('owner')).expect(403)).body).toEqual(refusal(403, 'FORBIDDEN'))
    expect((await ask('nobody').expect(404)).body).toEqual(refusal(404, 'NOT_FOUND'))
  })

  test('that is wrong counts by address, like a failed sign-in; a valid one does not count', async () => {
    const { app, resetLink } = await siteWithMember({ LIMIT_LOGINS: '2/15m', TRUST_PROXY: '1' })
    const from = (address: string, token: string, password = 'another engine') =>
      reset(app, token, password).set('x-forwarded-for', address)
    const token = tokenIn(await resetLink())
    for (const status of [400, 400, 400]) await from('192.0.2.1', token, 'password123').expect(status)
    for (const status of [403, 403, 429]) await from('192.0.2.1', 'a guess').expect(status)
    const { headers } = await from('192.0.2.1', token).expect(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    await from('192.0.2.2', token).expect(204)
  })

  test('that is not valid makes the server hash nothing', async () => {
    const { app } = await siteWithMember()
    // As many as are hashed and wait at most: one more would be refused as UNAVAILABLE.
    const others = Array.from({ length: 34 }, (_, n) => hashPassword(`of somebody else ${n}`))
    await reset(app, 'no such link').expect(403)
    await Promise.all(others)
  })

  test('is in the database only as a hash', async () => {
    const { app, resetLink, invite } = await siteWithMember()
    const tokens = [tokenIn(await resetLink()), tokenIn(await invite())]
    const rows = JSON.stringify(await app.db.selectFrom('one_time_links').selectAll().execute())
    for (const token of tokens) expect(rows).not.toContain(token)
  })
})

test('links begin with SITE_URL', async () => {
  const app = await startApp({ settings: { SITE_URL: 'https://example.org' } })
  await withOwner(app)
  const host = { host: 'example.org' }
  const login = await api(app).post('/api/login').set(host).send(ownerAccount).expect(200)
  const by = { ...host, ...bearer(login.body.data.token as string) }
  const { body } = await api(app).post('/api/invitations').set(by).expect(201)
  expect(body.data.url).toMatch(/^https:\/\/example\.org\/register#[\w-]{43}$/)
})

test('the log of the owner’s account has links with the member they are for', async () => {
  const { app, owner, invite, resetLink } = await siteWithMember()
  await invite()
  await resetLink('Ada')
  expect((await accountLog(app, owner)).slice(0, 2)).toEqual([
    ['reset-member', 'Ada'],
    ['invite', null],
  ])
})
