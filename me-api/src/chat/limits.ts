import type { Limit } from '../config.ts'
import { Refusal } from '../errors.ts'
import { networkOf } from './address-key.ts'
import { createCounters } from './counters.ts'

/** Counts uses by key; without a limit, or without a key, nothing is counted. A refused use is not counted. */
export function createLimiter(limit: Limit | null, message: string) {
  const counters = limit && createCounters(limit)

  /** @throws {Refusal} RATE_LIMITED, with the seconds until the next use is free */
  async function use(key: string | null, points = 1): Promise<void> {
    if (!counters || key === null) return
    const wait = counters.take(key, points)
    if (wait > 0) throw new Refusal('RATE_LIMITED', message, { retryAfter: Math.ceil(wait / 1_000) })
  }

  /** As if that use had not been. */
  function giveBack(key: string | null, points = 1): void {
    if (key !== null) counters?.giveBack(key, points)
  }

  return Object.assign(use, { giveBack })
}

/** Counts addresses, an IPv6 address' /64 as one: nobody gets more than their share by changing within it. */
export function createAddressLimiter(limit: Limit | null, message: string): Limiter {
  const limiter = createLimiter(limit, message)
  const ofNetwork = (address: string | null) => address && networkOf(address)
  return Object.assign((address: string | null, points = 1) => limiter(ofNetwork(address), points), {
    giveBack: (address: string | null, points = 1) => limiter.giveBack(ofNetwork(address), points),
  })
}

export type Limiter = ReturnType<typeof createLimiter>

/**
 * Uses several limits as one: where one refuses, those before it are as if not used. What is the caller's own comes
 * first and what others share last, so that whoever is refused takes nothing from anybody else.
 * @throws {Refusal} RATE_LIMITED
 */
export async function useAll(...uses: [limiter: Limiter, key: string | null][]): Promise<void> {
  for (const [index, [limiter, key]] of uses.entries()) {
    try {
      await limiter(key)
    } catch (error) {
      for (const [used, usedKey] of uses.slice(0, index)) used.giveBack(usedKey)
      throw error
    }
  }
}
