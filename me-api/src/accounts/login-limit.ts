import type { Limit } from '../config.ts'
import { networkOf } from '../chat/address-key.ts'
import { type Counters, createCounters } from '../chat/counters.ts'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'

/**
 * Who tries: an account from an address, or from a browser in which its user has signed in before. `isKnown`: whether
 * there is an account with that e-mail.
 */
export type Attempt = { email: string; isKnown: boolean; address: string | null; device: string | null }

/**
 * Accounts counted at once: about as many failed sign-ins as are hashed in `LIMIT_LOGINS`' quarter of an hour, two at
 * once, so that nobody has the counter of one account forgotten by failing at others.
 */
const ACCOUNTS_MAX = 100_000

/**
 * Failed sign-ins, counted for each account and each address; without a limit nothing is counted. An attempt is counted
 * when it begins and forgotten when it succeeds, so that many at once cannot slip by together. A browser that has signed
 * in before is counted on its own and by nothing else: strangers who guess cannot keep the true owner out (OWASP, "Slow
 * Down Online Guessing Attacks with Device Cookies"). E-mails that nobody has are counted apart from accounts: however
 * many are made up, no account's counter is forgotten for them.
 */
export function createLoginLimit(limit: Limit | null, { now }: Pick<Clock, 'now'>) {
  const counters = limit && {
    address: createCounters(limit, { now }),
    account: createCounters(limit, { now, keysMax: ACCOUNTS_MAX }),
    madeUp: createCounters(limit, { now }),
    device: createCounters(limit, { now }),
  }
  const usesOf = (attempt: Attempt): [Counters, Use][] =>
    counters ? countersOf(attempt).map((use) => [counters[use.kind], use]) : []

  /** As if this attempt had not been. */
  function takeBack(attempt: Attempt): void {
    for (const [counter, { key }] of usesOf(attempt)) counter.giveBack(key)
  }

  return {
    takeBack,

    /** The address is asked first: one that is refused is counted against no account. @throws {Refusal} RATE_LIMITED */
    attempt(attempt: Attempt): void {
      const taken: [Counters, Use][] = []
      for (const [counter, use] of usesOf(attempt)) {
        const wait = counter.take(use.key)
        if (wait > 0) {
          for (const [before, { key }] of taken) before.giveBack(key)
          throw tooMany(wait)
        }
        taken.push([counter, use])
      }
    },

    /** Others at the same address may have failed: success takes back one attempt there, not all. */
    succeeded(attempt: Attempt): void {
      for (const [counter, { kind, key }] of usesOf(attempt))
        if (kind === 'address') counter.giveBack(key)
        else counter.forget(key)
    },
  }
}

export type LoginLimit = ReturnType<typeof createLoginLimit>

type Use = { kind: 'address' | 'account' | 'madeUp' | 'device'; key: string }

/** What counts an attempt, in the order in which it is asked. */
function countersOf({ email, isKnown, address, device }: Attempt): Use[] {
  if (device) return [{ kind: 'device', key: device }]
  const account: Use = { kind: isKnown ? 'account' : 'madeUp', key: email }
  return address ? [{ kind: 'address', key: networkOf(address) }, account] : [account]
}

const tooMany = (wait: number): Refusal =>
  new Refusal('RATE_LIMITED', 'Too many failed sign-ins. Wait a while, then try again.', {
    retryAfter: Math.ceil(wait / 1_000),
  })
