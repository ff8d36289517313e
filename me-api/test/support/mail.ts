import { setTimeout as pause } from 'node:timers/promises'
import { manualClock } from './manual-clock.ts'
import { startMailServer } from './mail-server.ts'
import { ownerToken } from './rest.ts'
import { startApp } from './start-app.ts'

type Clock = ReturnType<typeof manualClock>

/** Moves time on in steps, and gives the server the time to do what is due at each. */
export async function pass(clock: Clock, minutes: number): Promise<void> {
  for (let step = 0; step < minutes * 4; step++) {
    clock.advance(15_000)
    await pause(15)
  }
}

/** A site that sends mail, with its owner away, and the mail server. */
export async function startWithMail(options: Parameters<typeof startApp>[0] = {}) {
  const clock = manualClock()
  const server = await startMailServer()
  const app = await startApp({
    clock,
    ...options,
    settings: { ...server.settings, LIMIT_MESSAGES: 'off', ...options.settings },
  })
  const token = await ownerToken(app)
  // Time goes on while a mail is waited for: a slow server looks at what waits only once the time of a step is over.
  const mailed = (count?: number, wait = () => clock.advance(1_000)) => server.mailed(count, wait)
  return {
    app,
    clock,
    server: { ...server, mailed },
    token,
    pass: (minutes: number) => pass(clock, minutes),
  }
}
