import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import { rateLimited } from '../../errors.ts'
import { networkOf } from '../../http/network-address.ts'
import { type Interchange, noInterchange } from '../../nodes/interchange.ts'
import { createSharedCounts } from '../../nodes/shared-counts.ts'

/** Handshakes are accepted up to this multiple of the limit, so that clients beyond the limit receive the reason. */
const HANDSHAKES_PER_LIMIT = 3
/** `retryAfter` in milliseconds: another connection may have ended by then. */
const RETRY_AFTER = 10_000

type Parts = { limit: number | null; log: Pick<Logger, 'debug'>; clock: Clock; interchange: Interchange }

/**
 * Counts the open connections of each address over all transports, on all nodes; an IPv6 /64 counts as one address. An
 * unknown address is not counted.
 */
export function createConnectionLimit({ limit, log, clock, interchange }: Parts) {
  const open = createSharedCounts({
    interchange: limit === null ? noInterchange : interchange,
    clock,
    kind: 'connections',
  })
  const openFrom = (address: string): number => open.of(networkOf(address))

  /** Counts one more; the answer counts it off. Each is logged under an id that is nothing else. */
  function add(address: string | null, transport: string): () => void {
    const [connection, began] = [randomUUID().slice(0, 8), performance.now()]
    const countOff = address === null ? () => {} : open.add(networkOf(address))
    log.debug({ connection, transport, client: address }, 'connection opened')
    return () => {
      countOff()
      const seconds = Math.round((performance.now() - began) / 1_000)
      log.debug({ connection, transport, seconds }, 'connection closed')
    }
  }

  /** Checks the limit for a connection that is already counted. @throws {Refusal} RATE_LIMITED */
  function mayStay(address: string | null): void {
    if (limit === null || address === null || openFrom(address) <= limit) return
    throw rateLimited('Too many connections from your address.', RETRY_AFTER, 'LIMIT_CONNECTIONS')
  }

  return {
    add,
    mayStay,

    /** Whether a handshake from this address is accepted. */
    mayOpen: (address: string | null): boolean =>
      limit === null || address === null || openFrom(address) < HANDSHAKES_PER_LIMIT * limit,

    /** Counts a connection within the limit; the returned function uncounts it. @throws {Refusal} RATE_LIMITED */
    take(address: string | null, transport: string): () => void {
      const release = add(address, transport)
      try {
        mayStay(address)
      } catch (error) {
        release()
        throw error
      }
      return release
    },
  }
}

export type ConnectionLimit = ReturnType<typeof createConnectionLimit>
