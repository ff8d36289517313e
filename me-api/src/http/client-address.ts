import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'
import { isLocal, readAddress } from './address-ranges.ts'

/**
 * The client's address behind as many proxies as are trusted, by `X-Forwarded-For`. It is null where a proxy on this
 * machine or its network forwards the request and none is trusted, as all clients of that proxy would have its address;
 * `warn` is called for the first such request. The header counts for its own request alone, and not at all from a
 * stranger. It is also null where the connection has ended: Node then knows no address, although its types say it does.
 */
export function createClientAddress({ trustedProxies, warn }: { trustedProxies: number; warn: () => void }) {
  let hasWarned = false
  const trust = (_address: string, hop: number) => hop < trustedProxies

  return function addressOf(req: IncomingMessage): string | null {
    const peer = peerOf(req)
    if (trustedProxies > 0) return peer && (lastRead(proxyaddr.all(req, trust)) ?? peer)
    if (peer === null || !isForwarded(req) || !isLocal(peer)) return peer
    if (!hasWarned) warn()
    hasWarned = true
    return null
  }
}

export type AddressOf = ReturnType<typeof createClientAddress>

/** The other end of the connection. */
export function peerOf({ socket }: IncomingMessage): string | null {
  return socket.remoteAddress === undefined ? null : readAddress(socket.remoteAddress)
}

const isForwarded = ({ headers }: IncomingMessage): boolean =>
  ['x-forwarded-for', 'x-real-ip', 'forwarded'].some((name) => headers[name])

/** The address of the farthest trusted hop that gave one, as a proxy may write `unknown` instead. */
const lastRead = (hops: string[]): string | null =>
  hops.map((hop) => hop && readAddress(hop)).findLast((address) => address) ?? null
