import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isUnavailable } from '../db/open-database.ts'

/** Milliseconds in which faults of the database share their lines. */
const EVERY = 10_000

/** Logs what failed; `log` is the request's, where there is one. */
export type LogFault = (log: Pick<Logger, 'error'>, error: unknown, message: string) => void

/**
 * Logs each fault, except that while the database does not answer everything fails in the same way: of those only the
 * first is logged at once, and then how many there were.
 */
export function createFaultLog({ log: own, clock }: { log: Pick<Logger, 'error'>; clock: Clock }): LogFault {
  let more: number | null = null

  return function logFault(log, error, message) {
    if (more !== null && isUnavailable(error)) return void more++
    log.error({ err: error }, message)
    if (!isUnavailable(error)) return
    more = 0
    clock.after(EVERY, () => {
      if (more) own.error({ count: more }, 'more failed, because the database did not answer')
      more = null
    })
  }
}
