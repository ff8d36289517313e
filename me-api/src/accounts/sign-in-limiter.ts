import type { Limit } from '../config.ts'
import { networkOf } from '../http/network-address.ts'
import { type Limiter, createLimiter, useAll } from '../chat/rate-limits/rate-limiter.ts'
import type { Clock } from '../clock.ts'

/**
 * A sign-in that is tried. `device` is a browser in which the user has signed in before, null for any other. `isKnown`:
 * whether there is an account with that e-mail.
 */
export type Attempt = { email: string; isKnown: boolean; address: string | null; device: string | null }

/**
 * Accounts counted at once: about as many passwords as are verified in `LIMIT_LOGINS`' quarter of an hour, two at a
 * time, so that failures at other accounts cannot evict one account's counter.
 */
const ACCOUNTS_MAX = 100_000

/**
 * Failed sign-ins, counted for each account and each address; without a limit nothing is counted. An attempt is counted
 * when it begins and forgotten when it succeeds, so that many at once cannot slip by together. A browser that has signed
 * in before is counted on its own and by nothing else: strangers who guess cannot keep the true owner out (OWASP, "Slow
 * Down Online Guessing Attacks with Device Cookies"). E-mails without an account are counted apart, so that made-up
 * ones cannot evict an account's counter.
 */
export function createSignInLimiter(limit: Limit | null, { now }: Pick<Clock, 'now'>) {
  const limiterOf = (keysMax?: number) =>
    createLimiter(limit, 'Too many failed sign-ins. Wait a while, then try again.', {
      name: 'LIMIT_LOGINS',
      now,
      ...(keysMax !== undefined && { keysMax }),
    })
  const limiters = {
    address: limiterOf(),
    account: limiterOf(ACCOUNTS_MAX),
    madeUp: limiterOf(),
    device: limiterOf(),
  }

  return {
    /** The address is counted first: an attempt refused there counts against no account. @throws {Refusal} RATE_LIMITED */
    attempt(attempt: Attempt): void {
      useAll(...usesOf(attempt).map(({ kind, key }): [Limiter, string] => [limiters[kind], key]))
    },

    /** Uncounts this attempt. */
    takeBack(attempt: Attempt): void {
      for (const { kind, key } of usesOf(attempt)) limiters[kind].giveBack(key)
    },

    /** Forgets the failures. Of the address, where others may have failed, it takes back this attempt alone. */
    succeeded(attempt: Attempt): void {
      for (const { kind, key } of usesOf(attempt))
        if (kind === 'address') limiters.address.giveBack(key)
        else limiters[kind].forget(key)
    },
  }
}

export type SignInLimiter = ReturnType<typeof createSignInLimiter>

type Use = { kind: 'address' | 'account' | 'madeUp' | 'device'; key: string }

/** What an attempt is counted by, in this order. */
function usesOf({ email, isKnown, address, device }: Attempt): Use[] {
  if (device) return [{ kind: 'device', key: device }]
  const account: Use = { kind: isKnown ? 'account' : 'madeUp', key: email }
  return address ? [{ kind: 'address', key: networkOf(address) }, account] : [account]
}
