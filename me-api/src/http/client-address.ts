import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'
import { isLocal, readAddress } from './address-ranges.ts'

/**
 * Returns the client's address behind the trusted proxies, from `X-Forwarded-For`. The address is null if a proxy on
 * this machine or its network forwards the request and no proxy is trusted, because all clients of that proxy would
 * share its address; `warn` is called for the first such request. The header applies only to its own request, and not
 * at all if it comes from an untrusted peer. The address is also null after the connection has ended, when Node knows
 * none although its types say otherwise.
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

/** Returns the address of the connection's peer. */
export function peerOf({ socket }: IncomingMessage): string | null {
  return socket.remoteAddress === undefined ? null : readAddress(socket.remoteAddress)
}

const isForwarded = ({ headers }: IncomingMessage): boolean =>
  ['x-forwarded-for', 'x-real-ip', 'forwarded'].some((name) => headers[name])

/** Returns the address from the farthest trusted hop that gave one; a proxy may write `unknown` instead. */
const lastRead = (hops: string[]): string | null =>
  hops.map((hop) => hop && readAddress(hop)).findLast((address) => address) ?? null
