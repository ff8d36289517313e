import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { Refusal } from '../errors.ts'
import { isLoopbackHost } from './address-ranges.ts'

type Parts = {
  /** The site's own origin, if `SITE_URL` is set. */
  siteUrl: string | undefined
  /** The number of trusted proxies in front (`TRUST_PROXY`). */
  trustedProxies: number
}

type Scheme = 'http:' | 'https:'

/**
 * Determines the scheme and host of a request as the client sees them, for REST, documents and sockets. `SITE_URL`
 * decides. Without it, the request decides: its target or `Host`, and behind a trusted proxy `X-Forwarded-Host` and
 * `X-Forwarded-Proto`.
 */
export function createSiteHost({ siteUrl, trustedProxies }: Parts) {
  const siteScheme = siteUrl && (new URL(siteUrl).protocol as Scheme)

  /** Returns a trusted proxy's header; of a list the first value, which is the client's. */
  function forwarded(req: IncomingMessage, name: 'proto' | 'host'): string | undefined {
    const value = trustedProxies > 0 ? req.headers[`x-forwarded-${name}`] : undefined
    return value && String(value).split(',')[0]?.trim()
  }

  /** Returns the client's scheme. Undefined if unknown: an untrusted proxy may serve the request over https. */
  function clientScheme(req: IncomingMessage): Scheme | undefined {
    if ((req.socket as Partial<TLSSocket>).encrypted) return 'https:'
    const proto = forwarded(req, 'proto')?.toLowerCase()
    return proto === 'https' || proto === 'http' ? `${proto}:` : undefined
  }

  const schemeOf = (req: IncomingMessage): Scheme | undefined => siteScheme || clientScheme(req)

  /**
   * Returns the host, with a port other than the scheme's default. An absolute target takes precedence over `Host`
   * (RFC 9112 §3.2.2). Null if one of the names is malformed or `Host` occurs twice; undefined if there is none.
   */
  function hostOf(req: IncomingMessage, scheme: Scheme): string | null | undefined {
    const given = hostHeaders(req)
    const names = [hostOfTarget(req), forwarded(req, 'host') || undefined, ...given]
    const hosts = names.filter((name) => name !== undefined).map((name) => readHost(name, scheme))
    return given.length > 1 || hosts.includes(null) ? null : hosts[0]
  }

  const originOf = (req: IncomingMessage, scheme: Scheme): string =>
    siteUrl ?? `${scheme}//${hostOf(req, scheme) ?? ''}`

  return {
    /** Whether the client uses https, so that cookies are `Secure`. */
    isSecure: (req: IncomingMessage): boolean => siteScheme === 'https:' || clientScheme(req) === 'https:',

    /** Returns the origin for absolute links: `https://example.org`. */
    originOf: (req: IncomingMessage): string => originOf(req, schemeOf(req) ?? 'http:'),

    /** Returns the requested host as a browser writes it: `localhost:1337`; empty if it is unreadable. */
    hostOf: (req: IncomingMessage): string => hostOf(req, schemeOf(req) ?? 'http:') ?? '',

    /**
     * Returns the site's own host: that of `SITE_URL`, else the requested one if it is loopback; else an empty string,
     * because a script may send any other `Host`.
     */
    ownHostOf(req: IncomingMessage): string {
      const host = hostOf(req, schemeOf(req) ?? 'http:') ?? ''
      return siteUrl ? new URL(siteUrl).host : isLoopbackHost(host) ? host : ''
    },

    /** Whether an `Origin` is this site. If the site's scheme is unknown, the origin's scheme is assumed. */
    isOwnOrigin(req: IncomingMessage, origin: string): boolean {
      const url = URL.parse(origin)
      if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return false
      return originOf(req, schemeOf(req) ?? url.protocol) === withoutDot(url.origin)
    },

    /** Returns the refusal of a request with an unreadable host, on any path; HTTP/1.0 may send no host. */
    unreadable: (req: IncomingMessage): Refusal | null => (hostOf(req, 'http:') === null ? badHost() : null),

    /** Returns the refusal of a request for another site, or null. */
    refusalOf(req: IncomingMessage): Refusal | null {
      const scheme = schemeOf(req) ?? 'http:'
      const host = hostOf(req, scheme)
      if (!host) return badHost()
      if (!siteUrl || siteUrl === `${scheme}//${host}`) return null
      return new Refusal('MISDIRECTED', `This site is at ${siteUrl}.`)
    },
  }
}

export type SiteHost = ReturnType<typeof createSiteHost>

const badHost = () => new Refusal('INVALID', 'Send one Host header with a host and, optionally, a port.')

/**
 * Returns the authority of `GET http://example.org/ HTTP/1.1`; for any other scheme an empty string, which is
 * unreadable.
 */
function hostOfTarget(req: IncomingMessage): string | undefined {
  // Express removes a router's own path from `url`.
  const target = (req as { originalUrl?: string }).originalUrl ?? req.url ?? ''
  if (target.startsWith('/') || target === '*') return undefined
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? ''
}

/** Returns all `Host` headers; Node's `headers` has only the first. */
const hostHeaders = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host')

/** A name, an IPv4 address, or an IPv6 address in brackets, with an optional port. Narrower than RFC 9110 §7.2. */
const wellFormed = /^([\w-]{1,63}(\.[\w-]{1,63})*\.?|\[[\da-f:.]+\])(:\d{0,5})?$/i
const HOST_MAX = 260

/** Normalises a host like a browser: lower case, without the scheme's default port and the trailing dot. */
function readHost(text: string, scheme: Scheme): string | null {
  const url = text.length <= HOST_MAX && wellFormed.test(text) ? URL.parse(`${scheme}//${text}`) : null
  return url && withoutDot(url.host)
}

/** `example.org.` names the same host (RFC 1034 §3.1). */
export const withoutDot = (host: string): string => host.replace(/\.(?=$|:\d+$)/, '')
