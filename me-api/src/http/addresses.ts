import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'

/**
 * The client's address behind as many proxies as are trusted. Null where it is not to be believed: no proxy is
 * trusted, yet one has spoken, so that all would have the proxy's address; `warn` is then called once. Null also where the
 * connection is gone already: Node then tells no address, whatever the types say.
 */
export function createAddresses({ trustedProxies, warn }: { trustedProxies: number; warn: () => void }) {
  let isForwarded = false
  const trust = (_address: string, hop: number) => hop < trustedProxies

  return function addressOf(req: IncomingMessage): string | null {
    if (trustedProxies === 0 && !isForwarded && (req.headers['x-forwarded-for'] || req.headers.forwarded)) {
      isForwarded = true
      warn()
    }
    return isForwarded ? null : ((proxyaddr(req, trust) as string | undefined) ?? null)
  }
}

export type AddressOf = ReturnType<typeof createAddresses>
