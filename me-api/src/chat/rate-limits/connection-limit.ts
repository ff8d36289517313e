import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import { rateLimited } from '../../errors.ts'
import { networkOf } from '../../http/network-address.ts'
import type { Interchange } from '../../nodes/interchange.ts'

/** Handshakes are accepted up to this multiple of the limit, so that clients beyond the limit receive the reason. */
const HANDSHAKES_PER_LIMIT = 3
/** `retryAfter` in milliseconds: another connection may have ended by then. */
const RETRY_AFTER = 10_000
/** Milliseconds in which changes share a message to the other nodes, and networks in one of them. */
const TOLD_EVERY = 20
const AT_ONCE = 1_000

type Parts = { limit: number | null; log: Pick<Logger, 'debug'>; clock: Clock; interchange: Interchange }

/**
 * Counts the open connections of each address over all transports, on all nodes; an IPv6 /64 counts as one address. An
 * unknown address is not counted.
 */
export function createConnectionLimit({ limit, log, clock, interchange }: Parts) {
  const open = new Map<string, number>()
  /** The open connections to each other node. */
  const elsewhere = new Map<string, Map<string, number>>()
  /** The networks whose count the other nodes do not know yet. */
  const untold = new Set<string>()
  let cancel: (() => void) | null = null

  function openFrom(address: string): number {
    const network = networkOf(address)
    let count = open.get(network) ?? 0
    for (const counts of elsewhere.values()) count += counts.get(network) ?? 0
    return count
  }

  function tell(networks: Iterable<string>, isAll: boolean): void {
    const counts = [...networks].map((network): [string, number] => [network, open.get(network) ?? 0])
    for (let start = 0; start === 0 || start < counts.length; start += AT_ONCE)
      interchange.send('connections', {
        isAll: isAll && start === 0,
        open: counts.slice(start, start + AT_ONCE),
      })
  }

  function tellChanged(): void {
    cancel = null
    tell(untold, false)
    untold.clear()
  }

  function changed(network: string): void {
    if (limit === null || !interchange.isShared) return
    untold.add(network)
    cancel ??= clock.after(TOLD_EVERY, tellChanged)
  }

  interchange.on('connections', ({ isAll, open: told }, node) => {
    const counts = (!isAll && elsewhere.get(node)) || new Map<string, number>()
    elsewhere.set(node, counts)
    for (const [network, count] of told)
      if (count > 0) counts.set(network, count)
      else counts.delete(network)
  })
  interchange.onMeeting(() => limit !== null && tell(open.keys(), true))
  interchange.onGone((node) => void elsewhere.delete(node))

  /** Counts one more; the answer counts it off. Each is logged under an id that is nothing else. */
  function add(address: string | null, transport: string): () => void {
    const [connection, began] = [randomUUID().slice(0, 8), performance.now()]
    const countOff = count(address)
    log.debug({ connection, transport, client: address }, 'connection opened')
    return () => {
      countOff()
      const seconds = Math.round((performance.now() - began) / 1_000)
      log.debug({ connection, transport, seconds }, 'connection closed')
    }
  }

  function count(address: string | null): () => void {
    if (address === null) return () => {}
    const network = networkOf(address)
    open.set(network, (open.get(network) ?? 0) + 1)
    changed(network)
    return () => {
      const left = (open.get(network) ?? 0) - 1
      if (left > 0) open.set(network, left)
      else open.delete(network)
      changed(network)
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
