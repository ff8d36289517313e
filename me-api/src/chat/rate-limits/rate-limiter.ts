import type { Limit } from '../../config.ts'
import { rateLimited } from '../../errors.ts'
import { networkOf } from '../../http/network-address.ts'
import { type Share, unshared } from '../../nodes/tallies.ts'
import { type CounterOptions, createCounters } from './counters.ts'

export type Limiter = {
  /** Counts a use. @throws {Refusal} RATE_LIMITED, with the seconds until the next use is possible */
  (key: string | null, points?: number): void
  /** Uncounts a use. */
  giveBack: (key: string | null, points?: number) => void
}

type LimiterOptions = CounterOptions & { name?: string }

/** Limits uses by key. Without a limit or a key nothing is counted. A refused use is not counted. */
export function createLimiter(limit: Limit | null, message: string, options: LimiterOptions = {}) {
  const counters = limit && createCounters(limit, options)

  function use(key: string | null, points = 1): void {
    if (!counters || key === null) return
    const wait = counters.take(key, points)
    if (wait > 0) throw rateLimited(message, wait, options.name)
  }

  function giveBack(key: string | null, points = 1): void {
    if (key !== null) counters?.giveBack(key, points)
  }

  /** Uncounts all uses of a key. */
  function forget(key: string): void {
    counters?.forget(key)
  }

  return Object.assign(use, { giveBack, forget })
}

/** Limits by address. An IPv6 /64 counts as one address, so that changing within it gains nothing. */
export function createAddressLimiter(
  limit: Limit | null,
  message: string,
  name: string,
  share: Share = unshared,
): Limiter {
  const limiter = createLimiter(limit, message, { name, share })
  const ofNetwork = (address: string | null) => address && networkOf(address)
  return Object.assign((address: string | null, points = 1) => limiter(ofNetwork(address), points), {
    giveBack: (address: string | null, points = 1) => limiter.giveBack(ofNetwork(address), points),
  })
}

/**
 * Applies several limits in order. If one refuses, the uses counted before it are uncounted and those after it are
 * not counted.
 * @throws {Refusal} RATE_LIMITED
 */
export function useAll(...uses: [limiter: Limiter, key: string | null, points?: number][]): void {
  for (const [index, [limiter, key, points]] of uses.entries()) {
    try {
      limiter(key, points)
    } catch (error) {
      for (const [used, ...counted] of uses.slice(0, index)) used.giveBack(...counted)
      throw error
    }
  }
}
