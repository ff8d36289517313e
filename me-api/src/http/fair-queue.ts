import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { AddressOf } from './client-address.ts'

/** Networks served per event-loop turn, each with one request. */
const SERVED_PER_TURN = 4

type Parts = {
  listener: RequestListener
  addressOf: AddressOf
  /** Returns the network with which an address shares its turns: an IPv4 /24 or IPv6 /48. */
  siteOf: (address: string) => string
  /** Receives what the listener throws; the queue then closes that connection. */
  onFault: (error: unknown) => void
}

/**
 * Serves requests round-robin by network: one request of each per event-loop turn. Nobody waits for a thousand
 * requests of somebody else, and sockets are read between turns. If the address is unknown, each connection has turns
 * of its own. A request whose client disconnected while it waited is not served.
 */
export function createFairQueue({ listener, addressOf, siteOf, onFault }: Parts): RequestListener {
  /** The waiting requests, by network or connection, in the order of their turns. */
  const waiting = new Map<string | Socket, [IncomingMessage, ServerResponse][]>()

  function serveTurn(): void {
    const next = [...waiting.entries().take(SERVED_PER_TURN)]
    for (const [origin, requests] of next) {
      const request = requests.shift()
      waiting.delete(origin)
      if (requests.length > 0) waiting.set(origin, requests)
      if (request) serve(...request)
    }
    if (waiting.size > 0) setImmediate(serveTurn)
  }

  function serve(req: IncomingMessage, res: ServerResponse): void {
    if (req.socket.destroyed) return
    try {
      listener(req, res)
    } catch (error) {
      onFault(error)
      req.socket.destroy()
    }
  }

  return function take(req, res) {
    const address = addressOf(req)
    const origin = address === null ? req.socket : siteOf(address)
    if (waiting.size === 0) setImmediate(serveTurn)
    const queued = waiting.get(origin)
    if (queued) queued.push([req, res])
    else waiting.set(origin, [[req, res]])
  }
}
