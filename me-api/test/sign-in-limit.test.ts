import { describe, expect, test } from '@jest/globals'
import { hash } from '@node-rs/argon2'
import { manualClock } from './support/manual-clock.ts'
import { api, memberAccount, memberToken, ownerAccount, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const settings = { LIMIT_LOGINS: '2/15m', TRUST_PROXY: '1' }

/** Tries to sign in from an address, in a browser that may be known. */
function attempt(
  app: TestApp,
  password: string,
  { from = '192.0.2.1', cookie = '', email = memberAccount.email },
) {
  return api(app)
    .post('/api/login')
    .set({ 'x-forwarded-for': from, ...(cookie && { cookie }) })
    .send({ email, password })
}

const deviceIn = (headers: object): string =>
  (headers as { 'set-cookie': string[] })['set-cookie'].find((one) => one.includes('me_device=')) ?? ''

describe('known browsers', () => {
  test('a known browser can sign in while strangers guess the password', async () => {
    const app = await startApp({ settings })
    await memberToken(app)
    const { headers } = await attempt(app, memberAccount.password, {}).expect(200)
    const known = deviceIn(headers)
    expect(known).toMatch(/^me_device=.+; Path=\/; Expires=.+; HttpOnly; SameSite=Lax$/)

    const [cookie = ''] = known.split(';')
    for (const from of ['198.51.100.1', '198.51.100.2']) await attempt(app, 'a guess', { from }).expect(401)
    await attempt(app, memberAccount.password, { from: '198.51.100.3' }).expect(429)
    await attempt(app, memberAccount.password, { cookie }).expect(200)
    // At the strangers' own address too.
    await attempt(app, memberAccount.password, { from: '198.51.100.1', cookie }).expect(200)
    await attempt(app, memberAccount.password, { from: '198.51.100.3' }).expect(429)
  })

  test('a known browser has the usual limit for its own wrong passwords', async () => {
    const app = await startApp({ settings })
    await memberToken(app)
    const { headers } = await attempt(app, memberAccount.password, {}).expect(200)
    const [cookie = ''] = deviceIn(headers).split(';')
    for (const from of ['198.51.100.1', '198.51.100.2'])
      await attempt(app, 'a guess', { from, cookie }).expect(401)
    await attempt(app, memberAccount.password, { cookie }).expect(429)
    // It has spent only its own.
    await attempt(app, memberAccount.password, {}).expect(200)
  })

  test('a known browser is known for its own account only, and with a genuine cookie only', async () => {
    const app = await startApp({ settings })
    await memberToken(app)
    await ownerToken(app)
    const { headers } = await attempt(app, memberAccount.password, {}).expect(200)
    const [cookie = ''] = deviceIn(headers).split(';')
    const { email, password } = ownerAccount
    for (const from of ['198.51.100.1', '198.51.100.2'])
      await attempt(app, 'a guess', { from, cookie, email }).expect(401)
    await attempt(app, password, { cookie, email }).expect(429)
    for (const from of ['198.51.100.3', '198.51.100.4']) await attempt(app, 'a guess', { from }).expect(401)
    for (const forged of [cookie.slice(0, -1), 'me_device=x', cookie.replace('device', 'session')])
      await attempt(app, memberAccount.password, { cookie: forged }).expect(429)
  })

  test('the cookie of a known browser is bound to this host over https', async () => {
    const app = await startApp({ settings })
    await memberToken(app)
    const { headers } = await attempt(app, memberAccount.password, {}).set('x-forwarded-proto', 'https')
    expect(deviceIn(headers)).toMatch(/^__Host-me_device=.+; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/)
  })
})

test('a signed-in member can change the password while strangers guess it', async () => {
  const app = await startApp({ settings })
  const token = await memberToken(app)
  for (const from of ['198.51.100.1', '198.51.100.2']) await attempt(app, 'a guess', { from }).expect(401)
  const change = (current: string) =>
    api(app)
      .post('/api/me/password')
      .set('authorization', `Bearer ${token}`)
      .send({ current, next: 'another engine' })
  await change(memberAccount.password).expect(204)
  await change('a guess').expect(403)
  await change('a guess').expect(403)
  expect((await change('another engine').expect(429)).body).toEqual(refusal(429, 'RATE_LIMITED'))
})

test('the sign-in limit treats an IPv6 /64 as one address', async () => {
  const app = await startApp({ settings })
  for (const [from, email] of [
    ['2001:db8::1', 'a@example.org'],
    ['2001:db8::2', 'b@example.org'],
  ])
    await attempt(app, 'a guess', { from: from!, email: email! }).expect(401)
  await attempt(app, 'a guess', { from: '2001:db8::3', email: 'c@example.org' }).expect(429)
  await attempt(app, 'a guess', { from: '2001:db8:0:1::3', email: 'c@example.org' }).expect(401)
})

test.each(['3/24d', '3/25d', '3/9999d'])(
  'LIMIT_LOGINS=%s refuses the fourth failed sign-in',
  async (LIMIT_LOGINS) => {
    const app = await startApp({ settings: { ...settings, LIMIT_LOGINS } })
    for (let time = 0; time < 3; time++) await attempt(app, 'a guess', {}).expect(401)
    const { headers } = await attempt(app, 'a guess', {}).expect(429)
    const days = Number.parseInt(LIMIT_LOGINS.slice(2))
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(days * 86_400)
    expect(Number(headers['retry-after'])).toBeGreaterThan((days - 1) * 86_400)
  },
)

describe('weak password hashes', () => {
  const hashIn = ({ db }: TestApp) =>
    db
      .selectFrom('users')
      .select('password_hash')
      .where('email', '=', memberAccount.email)
      .executeTakeFirstOrThrow()

  test.each([
    ['less memory', { memoryCost: 8_192, timeCost: 2, parallelism: 1 }],
    ['fewer passes', { memoryCost: 19_456, timeCost: 1, parallelism: 1 }],
  ])('a password hashed with %s is rehashed at the next sign-in', async (_weak, parameters) => {
    const app = await startApp()
    await memberToken(app)
    const weak = await hash(memberAccount.password, parameters)
    await app.db.updateTable('users').set({ password_hash: weak }).execute()
    await attempt(app, 'a guess', {}).expect(401)
    expect(await hashIn(app)).toEqual({ password_hash: weak })
    await attempt(app, memberAccount.password, {}).expect(200)
    const { password_hash } = await hashIn(app)
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    await attempt(app, memberAccount.password, {}).expect(200)
    expect(await hashIn(app)).toEqual({ password_hash })
  })
})

describe('addresses beyond the sign-in limit', () => {
  test('an address beyond the sign-in limit does not lock accounts for other addresses', async () => {
    const app = await startApp({ settings })
    await memberToken(app)
    const { email, password } = ownerAccount
    await ownerToken(app)
    const from = '198.51.100.1'
    for (const one of ['a@example.org', 'b@example.org'])
      await attempt(app, 'a guess', { from, email: one }).expect(401)
    for (let again = 0; again < 5; again++)
      for (const one of [email, memberAccount.email])
        await attempt(app, 'a guess', { from, email: one }).expect(429)
    await attempt(app, password, { from: '198.51.100.2', email }).expect(200)
    await attempt(app, memberAccount.password, { from: '198.51.100.3' }).expect(200)
  })

  test('an address beyond the sign-in limit is free after its time, despite refused attempts', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    await memberToken(app)
    const from = '198.51.100.1'
    for (let again = 0; again < 2; again++) await attempt(app, 'a guess', { from }).expect(401)
    clock.advance(14 * 60_000)
    await attempt(app, 'a guess', { from }).expect(429)
    clock.advance(60_000)
    await attempt(app, memberAccount.password, { from }).expect(200)
  })
})

test('attempts at a locked account do not count against the address', async () => {
  const app = await startApp({ settings })
  await memberToken(app)
  await ownerToken(app)
  for (const from of ['198.51.100.1', '198.51.100.2']) await attempt(app, 'a guess', { from }).expect(401)
  const from = '198.51.100.3'
  for (let again = 0; again < 5; again++) await attempt(app, 'a guess', { from }).expect(429)
  await attempt(app, ownerAccount.password, { from, email: ownerAccount.email }).expect(200)
})
