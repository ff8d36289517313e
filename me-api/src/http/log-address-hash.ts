import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** Milliseconds after which another key is made and the one before is gone for good. */
const KEY_LASTS = 24 * 3_600_000

/**
 * What the log has in an address' place: the same for the same address, so that one can follow somebody through a day's
 * log, and no longer. The key is made at random, held in memory alone and replaced: after it is gone nobody can tell
 * whose hash it was, as there are too few addresses for a hash without a key to hide one.
 */
export function createLogAddressHash(clock: Clock) {
  let key = randomBytes(32)
  let madeAt = clock.now()

  return (address: string | null): string | undefined => {
    if (address === null) return undefined
    if (clock.now() - madeAt >= KEY_LASTS) {
      key = randomBytes(32)
      madeAt = clock.now()
    }
    return createHmac('sha256', key).update(address).digest('base64url').slice(0, 12)
  }
}

export type LogAddressHash = ReturnType<typeof createLogAddressHash>
