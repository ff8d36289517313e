import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limit } from '../config.ts'
import { Refusal } from '../errors.ts'

/** Counts uses by key; without a limit, or without a key, nothing is counted. */
export function createLimiter(limit: Limit | null, message: string) {
  const limiter = limit && new RateLimiterMemory({ points: limit.count, duration: limit.seconds })

  /** @throws {Refusal} RATE_LIMITED, with the seconds until the next use is free */
  return async function use(key: string | null): Promise<void> {
    if (!limiter || key === null) return
    try {
      await limiter.consume(key)
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      throw new Refusal('RATE_LIMITED', message, { retryAfter: Math.ceil(error.msBeforeNext / 1_000) })
    }
  }
}

export type Limiter = ReturnType<typeof createLimiter>
