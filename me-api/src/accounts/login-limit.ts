import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limit } from '../config.ts'
import { Refusal } from '../errors.ts'

/**
 * Failed sign-ins, counted for each address and each account; without a limit nothing is counted. An attempt is
 * counted when it begins and forgotten when it succeeds, so that many at once cannot slip by together.
 */
export function createLoginLimit(limit: Limit | null) {
  const limiter = limit && new RateLimiterMemory({ points: limit.count, duration: limit.seconds })
  const accountKey = (email: string) => `account ${email}`
  const addressKey = (address: string) => `address ${address}`

  return {
    /** @throws {Refusal} RATE_LIMITED */
    async attempt(email: string, address: string | null): Promise<void> {
      try {
        await limiter?.consume(accountKey(email))
        if (address) await limiter?.consume(addressKey(address))
      } catch (error) {
        throw error instanceof RateLimiterRes ? tooMany(error) : error
      }
    },

    async succeeded(email: string, address: string | null): Promise<void> {
      await limiter?.delete(accountKey(email))
      if (address) await limiter?.reward(addressKey(address))
    },
  }
}

export type LoginLimit = ReturnType<typeof createLoginLimit>

function tooMany({ msBeforeNext }: RateLimiterRes): Refusal {
  const retryAfter = Math.ceil(msBeforeNext / 1_000)
  return new Refusal('RATE_LIMITED', 'Too many failed sign-ins. Wait a while, then try again.', {
    retryAfter,
  })
}
