import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { moderate } from './support/moderation.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { begin, secured } from './support/two-factor.ts'
import { connect, visitor } from './support/visitors.ts'

const HOUR = 3_600_000
const DAY = 24 * 60
const passwordRequired = refusal(403, 'PASSWORD_REQUIRED')

/** The owner, signed in for longer than an hour, and a visitor. */
async function ownerAfterAnHour(settings: Record<string, string> = {}) {
  const clock = manualClock()
  const app = await startApp({ clock, settings })
  const token = await ownerToken(app)
  const ada = await visitor(app, 'ada')
  clock.advance(HOUR)
  const id = ada.welcome.self?.id ?? ''
  const order = (given: object) => moderate(app, token, { id, ...given })
  const confirm = (proof: object) => api(app).post('/api/me/confirm').set(bearer(token)).send(proof)
  return { app, clock, token, id, order, confirm }
}

describe('an hour after the last proof', () => {
  test.each([
    ['erasing somebody', { action: 'erase' }],
    ['a ban for more than a day', { action: 'ban', minutes: DAY + 1 }],
  ])('%s asks for the password, which then holds for an hour', async (_what, given) => {
    const { clock, order, confirm } = await ownerAfterAnHour()
    const { body } = await order(given).expect(403)
    expect(body).toEqual(passwordRequired)
    await confirm({ password: ownerAccount.password }).expect(204)
    clock.advance(HOUR - 1)
    await order(given).expect(204)
    clock.advance(1)
    await order(given).expect(403)
  })

  test.each([{ action: 'ban' }, { action: 'ban', minutes: DAY }, { action: 'mute', minutes: 7 * DAY }])(
    'the owner may still give the order %j',
    async (given) => {
      const { order } = await ownerAfterAnHour()
      await order(given).expect(204)
    },
  )

  test('a socket’s order to erase is refused in the same way, and goes through after the proof', async () => {
    const { app, token, id, confirm } = await ownerAfterAnHour()
    const owner = await connect(app, { auth: { token } })
    const erase = () => owner.emit('visitor:moderate', { id, action: 'erase' })
    expect(await erase()).toMatchObject({ ok: false, error: { code: 'PASSWORD_REQUIRED' } })
    await confirm({ password: ownerAccount.password }).expect(204)
    expect(await erase()).toEqual({ ok: true, data: null })
  })

  test('a member erases their own words only after the password, a visitor at once', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    const { welcome } = await visitor(app, 'bo')
    clock.advance(HOUR)
    const erase = (by: string) => api(app).delete('/api/me/words').set(bearer(by))
    expect((await erase(token).expect(403)).body).toEqual(passwordRequired)
    await erase(welcome.token ?? '').expect(204)
  })

  test('a code proves who one is too, and works once', async () => {
    const { app, clock, token, codeAt } = await secured()
    clock.advance(HOUR)
    const confirm = (code: string) => api(app).post('/api/me/confirm').set(bearer(token)).send({ code })
    const code = codeAt(0)
    await confirm(code).expect(204)
    expect((await confirm(code).expect(403)).body).toEqual(refusal(403, 'FORBIDDEN', '/code'))
    await api(app).delete('/api/me/words').set(bearer(token)).expect(204)
  })

  test('the key of a second step that is not on yet proves nothing', async () => {
    const app = await startApp()
    const token = await memberToken(app)
    await begin(app, token).expect(201)
    await api(app).post('/api/me/confirm').set(bearer(token)).send({ code: '000000' }).expect(403)
  })
})

describe('proving who one is', () => {
  test('a user can ask whether the last proof still holds', async () => {
    const { app, clock, token, confirm } = await ownerAfterAnHour()
    const check = (by = token) => api(app).get('/api/me/confirm').set(bearer(by))
    expect((await check().expect(403)).body).toEqual(passwordRequired)
    await confirm({ password: ownerAccount.password }).expect(204)
    expect((await check().expect(204)).text).toBe('')
    clock.advance(HOUR)
    await check().expect(403)
    await api(app).get('/api/me/confirm').expect(401)
  })

  test('wrong passwords are limited like a sign-in’s', async () => {
    const { confirm } = await ownerAfterAnHour({ LIMIT_LOGINS: '2/15m' })
    for (const status of [403, 403, 429]) await confirm({ password: 'a guess of mine' }).expect(status)
  })

  test('proving the password in between gives no further guesses at a code', async () => {
    const { app, token } = await secured({ settings: { LIMIT_LOGINS: '2/15m' } })
    const { password } = memberAccount
    const confirm = (proof: object) => api(app).post('/api/me/confirm').set(bearer(token)).send(proof)
    await confirm({ code: '000000' }).expect(403)
    await confirm({ password }).expect(204)
    const guess = { password, code: '000001' }
    await api(app).post('/api/me/second-step/off').set(bearer(token)).send(guess).expect(403)
    await confirm({ code: '000002' }).expect(429)
  })

  test.each([{}, { password: 7 }, { password: '' }, { password: 'x', code: '1' }])(
    'a proof is a password or a code, not %j',
    async (proof) => {
      const { confirm } = await ownerAfterAnHour()
      await confirm(proof).expect(400)
    },
  )

  test('a change of the password counts as a proof', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const token = await memberToken(app)
    clock.advance(HOUR)
    const change = { current: memberAccount.password, next: 'another engine' }
    await api(app).post('/api/me/password').set(bearer(token)).send(change).expect(204)
    await api(app).delete('/api/me/words').set(bearer(token)).expect(204)
  })
})
