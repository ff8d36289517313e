import { TOTP } from 'otpauth'
import { manualClock } from './manual-clock.ts'
import { api, bearer, memberAccount, memberToken, refusal } from './rest.ts'
import { type TestApp, startApp, temporaryFolder } from './start-app.ts'

const { email, password } = memberAccount
export const HALF_MINUTE = 30_000
type Clock = { now(): number }

/** The app on somebody's phone. */
export const phone = (key: string, clock: Clock) => (drift: number) =>
  new TOTP({ secret: key }).generate({ timestamp: clock.now() + drift * HALF_MINUTE })

/** Asks for a key. */
export const begin = (app: TestApp, token: string, sent: object = { password }) =>
  api(app).post('/api/me/second-step').set(bearer(token)).send(sent)

/** Shows that the app has the key, which turns the second step on. */
export const confirm = (app: TestApp, token: string, code: string) =>
  api(app).put('/api/me/second-step').set(bearer(token)).send({ code })

export const login = (app: TestApp, code?: string) =>
  api(app)
    .post('/api/login')
    .send({ email, password, ...(code !== undefined && { code }) })

type Options = { settings?: Record<string, string>; folder?: string }

/** A member whose account asks for a code. */
export async function secured({ settings = {}, folder = temporaryFolder() }: Options = {}) {
  const clock = manualClock()
  const app = await startApp({ settings, clock, folder })
  const token = await memberToken(app)
  const { body } = await begin(app, token).expect(201)
  const { key } = body.data as { key: string }
  const codeAt = phone(key, clock)
  const confirmed = await confirm(app, token, codeAt(0)).expect(200)
  const { recoveryCodes } = confirmed.body.data as { recoveryCodes: string[] }
  clock.advance(2 * HALF_MINUTE)
  return { app, clock, token, key, codeAt, recoveryCodes }
}

/** What a sign-in without a good code is answered. */
export const codeWanted = refusal(401, 'UNAUTHENTICATED', '/code')
