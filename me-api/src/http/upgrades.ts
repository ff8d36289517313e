import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** Takes over the connection of a WebSocket request. `path` is compared with the raw path. */
type UpgradeTaker = {
  path: RegExp
  take: (req: IncomingMessage, socket: Duplex, head: Buffer) => void
}

type Parts = {
  /** Whether a request may upgrade at all. */
  mayUpgrade: (req: IncomingMessage) => boolean
  /** Receives what a taker throws; the connection is then closed. */
  onFault: (error: unknown) => void
}

/**
 * Dispatches upgrades. A WebSocket request goes to the taker of its path; any other upgrade is served as a plain
 * request, because a server may ignore the header (RFC 9110 §7.8).
 */
export function createUpgrades({ mayUpgrade, onFault }: Parts) {
  const takers: UpgradeTaker[] = []

  function takerOf(req: IncomingMessage): UpgradeTaker | undefined {
    const path = asksForWebSocket(req) ? pathOf(req) : null
    return path === null ? undefined : takers.find((taker) => taker.path.test(path))
  }

  return {
    /** Adds a taker. The paths of two takers must not overlap. */
    serve: (taker: UpgradeTaker): void => void takers.push(taker),

    /** Whether the request upgrades: Node's `shouldUpgradeCallback`. */
    accepts: (req: IncomingMessage): boolean => mayUpgrade(req) && takerOf(req) !== undefined,

    /** Passes an accepted request to its taker: the listener of Node's `upgrade`. */
    take(req: IncomingMessage, socket: Duplex, head: Buffer): void {
      // Node has removed its own listener, and an `error` event without a listener ends the process.
      socket.on('error', () => {})
      try {
        takerOf(req)?.take(req, socket, head)
      } catch (error) {
        onFault(error)
        socket.destroy()
      }
    },
  }
}

export type Upgrades = ReturnType<typeof createUpgrades>

/** Whether the request asks for an upgrade with a target that is no URL, such as `//` or `http://[`. */
export function isUnreadableUpgrade(req: IncomingMessage): boolean {
  return req.headers.upgrade !== undefined && pathOf(req) === null
}

/**
 * Whether the request is an opening handshake (RFC 6455 §4.1) without a body, which would remain unread on the
 * connection.
 */
function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && !hasBody
}

/**
 * Returns the path of the target in origin or absolute form (RFC 9112 §3.2), or null if it is unreadable. Dot
 * segments stay as they are, like for plain requests, so that no path matches two takers.
 */
function pathOf({ url = '' }: IncomingMessage): string | null {
  const target = URL.parse(url, 'http://localhost')
  if (!target) return null
  return url.startsWith('/') ? (url.split(/[?#]/, 1)[0] ?? '') : target.pathname
}
