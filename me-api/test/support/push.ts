import { api, bearer, ownerToken } from './rest.ts'
import { type PushBrowser, startPushService } from './push-service.ts'
import { startApp } from './start-app.ts'

/** The push service of a test is on this machine. */
export const reachPrivate = { OUTBOUND_PRIVATE: 'on', LIMIT_MESSAGES: 'off' }

type App = Awaited<ReturnType<typeof startApp>>

export function subscribe(app: App, token: string, browser: PushBrowser, language = 'en') {
  const { subscription } = browser
  return api(app).post('/api/me/push').set(bearer(token)).send({ subscription, language }).expect(201)
}

/** A site, a push service, and the owner's browser that is subscribed there; the owner is away. */
export async function startWithPush(options: Parameters<typeof startApp>[0] = {}) {
  const service = await startPushService()
  const app = await startApp({ ...options, settings: { ...reachPrivate, ...options.settings } })
  const token = await ownerToken(app)
  const browser = service.browser()
  await subscribe(app, token, browser)
  return { app, service, token, browser }
}
