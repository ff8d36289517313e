import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { AddressOf } from './client-address.ts'

/** Networks served in one turn of the event loop, each with one request. */
const SERVED_PER_TURN = 4

type Parts = {
  listener: RequestListener
  addressOf: AddressOf
  /** The network that an address has its turns with: an IPv4 /24 or IPv6 /48. */
  siteOf: (address: string) => string
  /** Gets what the listener throws; that connection is closed then. */
  onFault: (error: unknown) => void
}

/**
 * Serves requests in turns by network: one request of each in a turn of the event loop. Nobody waits until a thousand
 * requests of somebody else are answered, and sockets are read in between. Where the address is not known, each
 * connection has turns of its own. A request whose client has left while it waited is not served.
 */
export function createFairQueue({ listener, addressOf, siteOf, onFault }: Parts): RequestListener {
  /** The requests that wait, by network or connection; the first one has the next turn. */
  const waiting = new Map<string | Socket, [IncomingMessage, ServerResponse][]>()

  function takeTurn(): void {
    const next = [...waiting.entries().take(SERVED_PER_TURN)]
    for (const [who, requests] of next) {
      const request = requests.shift()
      waiting.delete(who)
      if (requests.length > 0) waiting.set(who, requests)
      if (request) serve(...request)
    }
    if (waiting.size > 0) setImmediate(takeTurn)
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
    const who = address === null ? req.socket : siteOf(address)
    if (waiting.size === 0) setImmediate(takeTurn)
    const ofWho = waiting.get(who)
    if (ofWho) ofWho.push([req, res])
    else waiting.set(who, [[req, res]])
  }
}
