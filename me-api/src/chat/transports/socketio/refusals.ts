import type { Logger } from 'pino'
import { Refusal } from '../../../errors.ts'
import { logLimit, toRefusal } from '../../../http/error-handler.ts'
import type { Metrics } from '../../metrics/chat-metrics.ts'

/** Turns any error of an event or a handshake into a refusal. A fault is logged, and the client may try again. */
export function createRefusals({ log, metrics }: { log: Logger; metrics: Pick<Metrics, 'refused'> }) {
  return function refusalOf(error: unknown): Refusal {
    const refusal = toRefusal(error)
    metrics.refused(error instanceof Refusal ? refusal.code : 'UNAVAILABLE')
    if (error instanceof Refusal) {
      logLimit(log, refusal)
      return refusal
    }
    log.error({ err: error }, 'event failed')
    return new Refusal('UNAVAILABLE', 'The server failed to do that. Try again.', { retryAfter: 2 })
  }
}

export type RefusalOf = ReturnType<typeof createRefusals>
