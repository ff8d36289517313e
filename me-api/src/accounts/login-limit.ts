import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limit } from '../config.ts'
import { networkOf } from '../chat/address-key.ts'
import { Refusal } from '../errors.ts'

/** Who tries: an account from an address, or from a browser in which its user has signed in before. */
export type Attempt = { email: string; address: string | null; device: string | null }

/**
 * Failed sign-ins, counted for each account and each address; without a limit nothing is counted. An attempt is counted
 * when it begins and forgotten when it succeeds, so that many at once cannot slip by together. A browser that has signed
 * in before is counted on its own and by nothing else: strangers who guess cannot keep the true owner out (OWASP, "Slow
 * Down Online Guessing Attacks with Device Cookies").
 */
export function createLoginLimit(limit: Limit | null) {
  const limiter = limit && new RateLimiterMemory({ points: limit.count, duration: limit.seconds })

  return {
    /** @throws {Refusal} RATE_LIMITED */
    async attempt(attempt: Attempt): Promise<void> {
      try {
        for (const { key } of countersOf(attempt)) await limiter?.consume(key)
      } catch (error) {
        throw error instanceof RateLimiterRes ? tooMany(error) : error
      }
    },

    /** As if this attempt had not been. */
    async takeBack(attempt: Attempt): Promise<void> {
      for (const { key } of countersOf(attempt)) await limiter?.reward(key)
    },

    async succeeded(attempt: Attempt): Promise<void> {
      for (const { key, isShared } of countersOf(attempt))
        await (isShared ? limiter?.reward(key) : limiter?.delete(key))
    },
  }
}

export type LoginLimit = ReturnType<typeof createLoginLimit>

/** What counts an attempt. Others at the same address may have failed: success takes back one attempt there, not all. */
function countersOf({ email, address, device }: Attempt): { key: string; isShared: boolean }[] {
  if (device) return [{ key: `device ${device}`, isShared: false }]
  const account = { key: `account ${email}`, isShared: false }
  return address ? [account, { key: `address ${networkOf(address)}`, isShared: true }] : [account]
}

function tooMany({ msBeforeNext }: RateLimiterRes): Refusal {
  const retryAfter = Math.ceil(msBeforeNext / 1_000)
  return new Refusal('RATE_LIMITED', 'Too many failed sign-ins. Wait a while, then try again.', {
    retryAfter,
  })
}
