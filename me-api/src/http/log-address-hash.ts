import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** Milliseconds after which the key is replaced; the old one is lost for good. */
const KEY_LASTS = 24 * 3_600_000

/**
 * Hashes addresses for the log: equal for the same address within a day, so that an operator can follow one client
 * that long. The key is random, held in memory only and replaced. Without the key nobody can find the address by
 * trying all of them, as with an unkeyed hash.
 */
export function createLogAddressHash(clock: Clock) {
  // Each process has its own: who joins the logs of several nodes does not learn who is who either.
  let key = randomBytes(32)
  let madeAt = clock.monotonic()

  return (address: string | null): string | undefined => {
    if (address === null) return undefined
    if (clock.monotonic() - madeAt >= KEY_LASTS) {
      key = randomBytes(32)
      madeAt = clock.monotonic()
    }
    return createHmac('sha256', key).update(address).digest('base64url').slice(0, 12)
  }
}

export type LogAddressHash = ReturnType<typeof createLogAddressHash>
