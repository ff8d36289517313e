import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limit } from '../config.ts'
import { Refusal } from '../errors.ts'
import { networkOf } from './address-key.ts'

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

/** Counts addresses, an IPv6 address' /64 as one: nobody gets more than their share by changing within it. */
export function createAddressLimiter(limit: Limit | null, message: string): Limiter {
  const use = createLimiter(limit, message)
  return (address) => use(address && networkOf(address))
}

export type Limiter = ReturnType<typeof createLimiter>
