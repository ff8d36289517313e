import { systemClock } from '../../src/clock.ts'
import type { Identity } from '../../src/contract/index.ts'
import { api } from './rest.ts'
import { type TestApp, startApp, temporaryFolder } from './start-app.ts'
import { type Visitor, connect, leave } from './visitors.ts'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
export const morning = Date.parse('2026-03-03T08:00:00Z')
export const password = 'a lovely engine'

/** Time that leaps: what would fall due in between is not done. */
export function leapingClock(now = morning) {
  return {
    ...systemClock,
    now: () => now,
    monotonic: () => now - morning,
    leap: (ms: number) => void (now += ms),
  }
}

export type Options = { settings?: Record<string, string>; folder?: string; start?: number }

export async function openSite({ settings = {}, folder = temporaryFolder(), start = morning }: Options = {}) {
  const clock = leapingClock(start)
  return { clock, folder, app: await startApp({ clock, folder, settings }) }
}

export type Site = Awaited<ReturnType<typeof openSite>>

/** A visitor goes, and is away for longer than a nick is held. */
export async function goAway({ app, clock }: Site, one: Visitor): Promise<void> {
  await leave(app, one)
  clock.leap(2 * MINUTE)
}

/** A visitor comes and writes, and goes; then a day or another time passes. */
export async function writeAndGo({ app, clock }: Site, auth: object, pause: number): Promise<Identity> {
  const one = await connect(app, { auth })
  await one.send('hej')
  await leave(app, one)
  clock.leap(pause)
  return one.welcome as Identity
}

/** A visitor writes on these days, counted from today, and has been away for longer than a nick is held. */
export async function wrote(site: Site, nick: string, days: number[], tab?: string): Promise<string> {
  let auth: object = { nick, ...(tab && { tab }) }
  for (const [index, day] of days.entries()) {
    const next = days[index + 1]
    const { token } = await writeAndGo(site, auth, next === undefined ? 2 * MINUTE : (next - day) * DAY)
    if (index === 0) auth = { token: token ?? '' }
  }
  return (auth as { token: string }).token
}

export const regular = (site: Site, nick = 'ada', tab?: string) => wrote(site, nick, [0, 1, 2], tab)

/** A site with a regular who is away, and the regular's token. */
export async function siteWithRegular({
  nick = 'ada',
  tab,
  ...options
}: Options & { nick?: string; tab?: string } = {}) {
  const site = await openSite(options)
  return { site, ...site, token: await regular(site, nick, tab) }
}

export const joinAs = (app: TestApp, nick: string) => api(app).post('/api/chat/visitors').send({ nick })
export const register = (app: TestApp, nick: string, headers: Record<string, string> = {}) =>
  api(app).post('/api/register').set(headers).send({ email: 'new@example.net', password, nick })
export const nickOf = async (app: TestApp, token: string) =>
  (await connect(app, { auth: { token } })).welcome.self?.nick
