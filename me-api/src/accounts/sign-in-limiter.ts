import type { Limit } from '../config.ts'
import { networkOf } from '../http/network-address.ts'
import { type Limiter, createLimiter, useAll } from '../chat/rate-limits/rate-limiter.ts'
import type { Clock } from '../clock.ts'
import type { Tallies } from '../nodes/tallies.ts'
import { Refusal } from '../errors.ts'
import { hashToken } from '../hash-token.ts'

/**
 * An attempted sign-in, or an attempt to use a link. A passkey and a link have no `email`: they count against no account.
 * `device` is a browser in which the user has signed in before, null for any other. `isKnown` means that an account has
 * that e-mail.
 */
export type Attempt = {
  email: string | null
  isKnown: boolean
  address: string | null
  device: string | null
}

/**
 * The most accounts counted at once: about as many passwords as are verified in `LIMIT_LOGINS`' quarter of an hour,
 * two at a time, so that failures at other accounts cannot evict one account's counter.
 */
const ACCOUNTS_MAX = 100_000

/**
 * Counts failed sign-ins for each account and each address; without a limit it counts nothing. An attempt is counted
 * when it begins and uncounted when it succeeds, so that concurrent attempts cannot exceed the limit. A browser in
 * which the user has signed in before has a counter of its own and no other, so that strangers who guess cannot lock
 * the user out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). E-mails without an account are
 * counted separately, so that invented ones cannot evict an account's counter.
 */
export function createSignInLimiter(
  limit: Limit | null,
  { monotonic }: Pick<Clock, 'monotonic'>,
  tallies: Tallies,
) {
  const limiterOf = (kind: string, keysMax?: number) =>
    createLimiter(limit, 'Too many failed sign-ins. Wait a while, then try again.', {
      name: 'LIMIT_LOGINS',
      now: monotonic,
      share: tallies.of(`sign-ins by ${kind}`),
      ...(keysMax !== undefined && { keysMax }),
    })
  const limiters = {
    address: limiterOf('address'),
    account: limiterOf('account', ACCOUNTS_MAX),
    madeUp: limiterOf('made-up account'),
    device: limiterOf('device'),
  }

  const limiter = {
    /**
     * Counts an attempt. The address comes first: an attempt refused there counts against no account.
     * @throws {Refusal} RATE_LIMITED
     */
    attempt(attempt: Attempt): void {
      useAll(...usesOf(attempt).map(({ kind, key }): [Limiter, string] => [limiters[kind], key]))
    },

    /** Uncounts this attempt. */
    takeBack(attempt: Attempt): void {
      for (const { kind, key } of usesOf(attempt)) limiters[kind].giveBack(key)
    },

    /**
     * Resets the counters after a success. The address loses only this attempt, because others there may have failed.
     */
    succeeded(attempt: Attempt): void {
      for (const { kind, key } of usesOf(attempt))
        if (kind === 'address') limiters.address.giveBack(key)
        else limiters[kind].forget(key)
    },

    /**
     * Counts an attempt that `prove` refuses as FORBIDDEN. Other errors are not counted. Earlier failures stay counted
     * after a success, because otherwise somebody with the password could prove it in between and guess codes without
     * limit.
     */
    async counting<Proof>(attempt: Attempt, prove: () => Promise<Proof>): Promise<Proof> {
      limiter.attempt(attempt)
      try {
        const proof = await prove()
        limiter.takeBack(attempt)
        return proof
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'FORBIDDEN')) limiter.takeBack(attempt)
        throw error
      }
    },
  }
  return limiter
}

export type SignInLimiter = ReturnType<typeof createSignInLimiter>

type Use = { kind: 'address' | 'account' | 'madeUp' | 'device'; key: string }

/** Returns the counters of an attempt, in this order. */
function usesOf({ email, isKnown, address, device }: Attempt): Use[] {
  if (device) return [{ kind: 'device', key: device }]
  const uses: Use[] = []
  if (address) uses.push({ kind: 'address', key: networkOf(address) })
  // The hash, because other nodes are told the key over Redis.
  if (email !== null) uses.push({ kind: isKnown ? 'account' : 'madeUp', key: hashToken(email) })
  return uses
}
