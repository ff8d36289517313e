const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]

/** Milliseconds before each retry: those of Standard Webhooks ("Retry schedule"), and one more. */
const RETRIES = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
]
/** The longest that a receiver may ask to wait, in milliseconds. */
const RETRY_AFTER_MAX = 24 * HOUR
/** The part by which a wait is longer at random, so that what failed together is not tried together. */
const JITTER = 0.1
/** Milliseconds of failure after which a webhook is switched off. */
const GIVEN_UP_AFTER = 5 * 24 * HOUR

/**
 * Returns the milliseconds to wait after so many attempts, null after the last. A receiver's `Retry-After` makes it longer,
 * never shorter. `random` is from 0 to 1.
 */
export function waitAfter(attempts: number, retryAfter: number | null, random: number): number | null {
  const wait = RETRIES[attempts - 1]
  if (wait === undefined) return null
  return Math.max(Math.round(wait * (1 + JITTER * random)), Math.min(retryAfter ?? 0, RETRY_AFTER_MAX))
}

/** Whether a webhook has failed for so long. A clock that jumps ahead alone does not make it so: there have to be failures. */
export const isGivenUp = ({ since, failures }: { since: number; failures: number }, now: number): boolean =>
  now - since >= GIVEN_UP_AFTER && failures > RETRIES.length
