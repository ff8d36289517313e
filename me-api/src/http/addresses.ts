import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'
import { isLocal, readAddress } from './address-ranges.ts'

/**
 * The client's address behind as many proxies as are trusted, by `X-Forwarded-For`. Null where it is not to be believed:
 * no proxy is trusted, yet one on this machine or its network forwards this request, so that all who come through it
 * would have its address; `warn` is then called, once. A stranger's header makes no proxy, and neither does one request
 * for the next. Null also where the connection is gone already: Node then tells no address, whatever the types say.
 */
export function createAddresses({ trustedProxies, warn }: { trustedProxies: number; warn: () => void }) {
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

export type AddressOf = ReturnType<typeof createAddresses>

/** The other end of the connection. */
export function peerOf({ socket }: IncomingMessage): string | null {
  return socket.remoteAddress === undefined ? null : readAddress(socket.remoteAddress)
}

const isForwarded = ({ headers }: IncomingMessage): boolean =>
  ['x-forwarded-for', 'x-real-ip', 'forwarded'].some((name) => headers[name])

/** The farthest that is believed and is an address: a proxy may write `unknown` in its place. */
const lastRead = (hops: string[]): string | null =>
  hops.map((hop) => hop && readAddress(hop)).findLast((address) => address) ?? null
