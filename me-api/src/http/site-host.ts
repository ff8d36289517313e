import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { Refusal } from '../errors.ts'

type Parts = {
  /** The site's own origin, where `SITE_URL` names it. */
  siteUrl: string | undefined
  /** How many proxies in front are believed (`TRUST_PROXY`). */
  trustedProxies: number
}

type Scheme = 'http:' | 'https:'

/**
 * Which site a request asks for: its scheme and host as the client sees them. REST, documents and sockets all ask here.
 * `SITE_URL` settles it. Without it the request does: its target or `Host`, and behind a trusted proxy
 * `X-Forwarded-Host` and `X-Forwarded-Proto`.
 */
export function createSiteHost({ siteUrl, trustedProxies }: Parts) {
  const siteScheme = siteUrl && (new URL(siteUrl).protocol as Scheme)

  /** What a trusted proxy says; the first of a list, which is the client's. */
  function forwarded(req: IncomingMessage, name: 'proto' | 'host'): string | undefined {
    const value = trustedProxies > 0 ? req.headers[`x-forwarded-${name}`] : undefined
    return value && String(value).split(',')[0]?.trim()
  }

  /** The client's scheme. Undefined where it is not known: a proxy that is not trusted may serve it https. */
  function spoken(req: IncomingMessage): Scheme | undefined {
    if ((req.socket as Partial<TLSSocket>).encrypted) return 'https:'
    const proto = forwarded(req, 'proto')?.toLowerCase()
    return proto === 'https' || proto === 'http' ? `${proto}:` : undefined
  }

  const schemeOf = (req: IncomingMessage): Scheme | undefined => siteScheme || spoken(req)

  /**
   * The host, with a port that is not the scheme's own. An absolute target counts before `Host` (RFC 9112 §3.2.2).
   * Null where one of the names is not well-formed, or `Host` comes twice; undefined where there is none.
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
    /** Whether the client speaks https, so that cookies are `Secure`. */
    isSecure: (req: IncomingMessage): boolean => siteScheme === 'https:' || spoken(req) === 'https:',

    /** What absolute links begin with: `https://example.org`. */
    originOf: (req: IncomingMessage): string => originOf(req, schemeOf(req) ?? 'http:'),

    /** The host that is asked for, as a browser writes it: `localhost:1337`; empty where it cannot be read. */
    hostOf: (req: IncomingMessage): string => hostOf(req, schemeOf(req) ?? 'http:') ?? '',

    /** Whether an `Origin` names this site. Where nobody tells the site's scheme, the origin's own is taken for it. */
    isOwnOrigin(req: IncomingMessage, origin: string): boolean {
      const url = URL.parse(origin)
      if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return false
      return originOf(req, schemeOf(req) ?? url.protocol) === withoutDot(url.origin)
    },

    /** The refusal of a request whose host cannot be read, on any path; HTTP/1.0 may send no host. */
    unreadable: (req: IncomingMessage): Refusal | null => (hostOf(req, 'http:') === null ? badHost() : null),

    /** The refusal of a request for another site; null where it asks for this one. */
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

const badHost = () => new Refusal('INVALID', 'Send one Host header: a host, and perhaps a port.')

/** The authority of `GET http://example.org/ HTTP/1.1`; an empty one, which cannot be read, of any other scheme. */
function hostOfTarget(req: IncomingMessage): string | undefined {
  // Express takes a router's own path off `url`.
  const target = (req as { originalUrl?: string }).originalUrl ?? req.url ?? ''
  if (target.startsWith('/') || target === '*') return undefined
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? ''
}

/** All `Host` headers, as Node's `headers` has only the first. */
const hostHeaders = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host')

/** A name, an IPv4 address, or an IPv6 address in brackets, and perhaps a port. Narrower than RFC 9110 §7.2. */
const wellFormed = /^([\w-]{1,63}(\.[\w-]{1,63})*\.?|\[[\da-f:.]+\])(:\d{0,5})?$/i
const HOST_MAX = 260

/** As a browser writes it: in lower case, without the scheme's own port and without the root's dot. */
function readHost(text: string, scheme: Scheme): string | null {
  const url = text.length <= HOST_MAX && wellFormed.test(text) ? URL.parse(`${scheme}//${text}`) : null
  return url && withoutDot(url.host)
}

/** `example.org.` names the same host (RFC 1034 §3.1). */
export const withoutDot = (host: string): string => host.replace(/\.(?=$|:\d+$)/, '')
