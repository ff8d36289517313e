import type { Logger } from 'pino'
import { Refusal } from '../../../errors.ts'
import { logLimit, toRefusal } from '../../../http/error-handler.ts'
import type { LogFault } from '../../../http/fault-log.ts'
import type { Metrics } from '../../metrics/chat-metrics.ts'

type Parts = { log: Logger; logFault: LogFault; metrics: Pick<Metrics, 'refused'> }

/** Turns any error of an event or a handshake into a refusal. A fault is logged, and the client may try again. */
export function createRefusals({ log, logFault, metrics }: Parts) {
  return function refusalOf(error: unknown): Refusal {
    const refusal = toRefusal(error)
    metrics.refused(error instanceof Refusal ? refusal.code : 'UNAVAILABLE')
    if (error instanceof Refusal) {
      logLimit(log, refusal)
      return refusal
    }
    logFault(log, error, 'event failed')
    return new Refusal('UNAVAILABLE', 'The server failed to do that. Try again.', { retryAfter: 2 })
  }
}

export type RefusalOf = ReturnType<typeof createRefusals>
