import { describe, expect, test } from '@jest/globals'
import { URI } from 'otpauth'
import { manualClock } from './support/manual-clock.ts'
import {
  api,
  bearer,
  memberAccount,
  memberToken,
  ownerAccount,
  ownerToken,
  refusal,
  signIn,
} from './support/rest.ts'
import { HALF_MINUTE, begin, confirm, login, phone, secured, codeWanted } from './support/two-factor.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const { email, password } = memberAccount

const end = (app: TestApp, token: string, sent: object) =>
  api(app).post('/api/me/second-step/off').set(bearer(token)).send(sent)

async function stateOf(app: TestApp, token: string): Promise<object> {
  const { body } = await api(app).get('/api/me/second-step').set(bearer(token)).expect(200)
  return (body as { data: object }).data
}

describe('two-factor authentication', () => {
  test('two-factor authentication asks for a code beside the password once the first code is confirmed', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    expect(await stateOf(app, token)).toEqual({ on: false, recoveryCodes: 0 })
    const { body } = await begin(app, token).expect(201)
    const { key, uri } = body.data as { key: string; uri: string }
    expect(URI.parse(uri)).toMatchObject({ issuer: '127.0.0.1', label: email, digits: 6, period: 30 })
    await login(app).expect(200)

    const codeAt = phone(key, clock)
    const other = await signIn(app, memberAccount)
    const wrong = await confirm(app, token, '000 000').expect(403)
    expect(wrong.body).toEqual(refusal(403, 'FORBIDDEN', '/code'))
    const { body: confirmed } = await confirm(app, token, codeAt(0)).expect(200)
    expect(new Set(confirmed.data.recoveryCodes).size).toBe(8)
    expect(await stateOf(app, token)).toEqual({ on: true, recoveryCodes: 8 })
    // A session opened without a code has ended.
    await api(app).get('/api/me').set(bearer(other)).expect(401)

    clock.advance(HALF_MINUTE)
    const asked = await login(app).expect(401)
    expect(asked.body).toEqual(codeWanted)
    expect(asked.headers['set-cookie']).toBeUndefined()
    expect((await login(app, '').expect(401)).body).toEqual(codeWanted)
    expect((await login(app, '123').expect(401)).body).toEqual(codeWanted)
    await login(app, codeAt(0).replace(/^.../, '$& ')).expect(200)
  })

  test('two-factor authentication is not revealed without the right password', async () => {
    const { app, codeAt } = await secured()
    const { body } = await api(app)
      .post('/api/login')
      .send({ email, password: 'a guess', code: codeAt(0) })
      .expect(401)
    expect(body).toEqual(refusal(401, 'UNAUTHENTICATED'))
  })

  test('two-factor authentication accepts the codes of the previous, current and next half minute', async () => {
    const { app, clock, codeAt } = await secured()
    for (const drift of [-2, 2]) await login(app, codeAt(drift)).expect(401)
    await login(app, codeAt(-1)).expect(200)
    await login(app, codeAt(1)).expect(200)
    clock.advance(10 * HALF_MINUTE)
    await login(app, codeAt(0)).expect(200)
  })

  test('two-factor authentication refuses codes with anything but the digits 0 to 9', async () => {
    const { app } = await secured()
    const wrong = await login(app, 'é12345').expect(401)
    expect(wrong.body).toEqual(codeWanted)
    const owner = await ownerToken(app)
    await begin(app, owner, { password: ownerAccount.password }).expect(201)
    await confirm(app, owner, '١٢٣٤٥٦').expect(403)
  })

  test('two-factor authentication accepts each code once, and no earlier code after it', async () => {
    const { app, clock, codeAt } = await secured()
    const statuses = await Promise.all([1, 2, 3].map(async () => (await login(app, codeAt(0))).status))
    expect(statuses.toSorted()).toEqual([200, 401, 401])
    await login(app, codeAt(-1)).expect(401)
    clock.advance(HALF_MINUTE)
    await login(app, codeAt(-1)).expect(401)
    await login(app, codeAt(0)).expect(200)
  })

  test('two-factor authentication refuses the code that turned it on at a sign-in', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    const { body } = await begin(app, token).expect(201)
    const code = phone(body.data.key, clock)(0)
    await confirm(app, token, code).expect(200)
    await login(app, code).expect(401)
  })

  test('two-factor authentication accepts each recovery code once, in any notation', async () => {
    const { app, token, recoveryCodes } = await secured()
    const [first = '', second = ''] = recoveryCodes
    expect(first).toMatch(/^\d{4}( \d{4}){4}$/)
    await login(app, first).expect(200)
    await login(app, first).expect(401)
    await login(app, second.replaceAll(' ', '-')).expect(200)
    expect(await stateOf(app, token)).toEqual({ on: true, recoveryCodes: 6 })
  })

  test('guesses of a code count towards LIMIT_LOGINS, and sign-ins without a code do not', async () => {
    const { app, codeAt } = await secured({ settings: { LIMIT_LOGINS: '2/15m' } })
    for (let asked = 0; asked < 5; asked++) await login(app).expect(401)
    await login(app, '111111').expect(401)
    await login(app).expect(401)
    await login(app, '222222').expect(401)
    expect((await login(app, codeAt(0)).expect(429)).body).toEqual(refusal(429, 'RATE_LIMITED'))
  })

  test('two-factor authentication is begun with the password, and only while it is off', async () => {
    const { app, token } = await secured()
    await api(app).get('/api/me/second-step').expect(401)
    expect((await begin(app, token, { password: 'a guess' }).expect(403)).body).toEqual(
      refusal(403, 'FORBIDDEN', '/password'),
    )
    expect((await begin(app, token).expect(409)).body).toEqual(refusal(409, 'CONFLICT'))
    expect((await confirm(app, token, '123456').expect(404)).body).toEqual(refusal(404, 'NOT_FOUND'))
    await login(app).expect(401)
  })

  test('guesses of the first code count towards LIMIT_LOGINS', async () => {
    const clock = manualClock()
    const app = await startApp({ settings: { LIMIT_LOGINS: '3/15m' }, clock })
    const token = await memberToken(app)
    // A code before anything was begun is no guess.
    for (let tried = 0; tried < 5; tried++) await confirm(app, token, '123456').expect(404)
    const { body } = await begin(app, token).expect(201)
    const codeAt = phone(body.data.key, clock)
    const wrong = codeAt(0) === '111111' ? '222222' : '111111'
    for (let tried = 0; tried < 3; tried++) await confirm(app, token, wrong).expect(403)
    const limited = await confirm(app, token, codeAt(0)).expect(429)
    expect(limited.body).toEqual(refusal(429, 'RATE_LIMITED'))
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    // Another session of the same user shares the counter.
    const other = await signIn(app, memberAccount)
    await confirm(app, other, codeAt(0)).expect(429)
    clock.advance(15 * 60_000)
    await confirm(app, token, codeAt(0)).expect(200)
  })

  test('two-factor authentication begun again has a new key, and the old key stops working', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    await confirm(app, token, '123456').expect(404)
    const first = await begin(app, token).expect(201)
    const second = await begin(app, token).expect(201)
    await confirm(app, token, phone(first.body.data.key, clock)(0)).expect(403)
    await confirm(app, token, phone(second.body.data.key, clock)(0)).expect(200)
  })

  test('two-factor authentication is turned off with the password and a code, and its recovery codes end with it', async () => {
    const { app, token, codeAt, recoveryCodes } = await secured()
    const [code = '', other = ''] = recoveryCodes
    expect((await end(app, token, { password: 'a guess', code }).expect(403)).body).toEqual(
      refusal(403, 'FORBIDDEN', '/password'),
    )
    expect((await end(app, token, { password, code: '123456' }).expect(403)).body).toEqual(
      refusal(403, 'FORBIDDEN', '/code'),
    )
    await end(app, token, { password, code: codeAt(0) }).expect(204)
    expect(await stateOf(app, token)).toEqual({ on: false, recoveryCodes: 0 })
    await login(app).expect(200)
    await end(app, token, { password, code: other }).expect(404)
  })

  test('the owner’s two-factor authentication is reset with the password from the command line', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await ownerToken(app)
    const { body } = await begin(app, token, { password: ownerAccount.password }).expect(201)
    await confirm(app, token, phone(body.data.key, clock)(0)).expect(200)
    await api(app).post('/api/login').send(ownerAccount).expect(401)
    await app.app.owner.set(ownerAccount)
    await api(app).post('/api/login').send(ownerAccount).expect(200)
  })
})
