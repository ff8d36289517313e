import type { IncomingMessage } from 'node:http'
import { Refusal } from '../errors.ts'
import type { SiteHost } from './site-host.ts'

type Parts = { others: string[]; siteHost: Pick<SiteHost, 'isOwnOrigin'> }

/** The origins whose pages may write and open sockets here: the site's own, and those of `SITE_ORIGINS`. */
export function createOrigins({ others, siteHost }: Parts) {
  /**
   * A browser names the origin of a page that writes or opens a socket, and tells by `Sec-Fetch-Site` what a page that
   * embeds or opens this address is to it. A script and a text browser send neither, and are nobody's page.
   */
  function allows(req: IncomingMessage): boolean {
    const { origin } = req.headers
    if (origin !== undefined && others.includes(origin)) return true
    // Also where the origin has the site's name: http://example.org is cross-site to https://example.org.
    if (!/^(same-origin|none)$/.test(String(req.headers['sec-fetch-site'] ?? 'none'))) return false
    return origin === undefined || siteHost.isOwnOrigin(req, origin)
  }

  return {
    others,
    allows,

    /** Why this request may not write, with a cookie or without; a form can sign somebody out, or in as another. */
    refusalOf(req: IncomingMessage): Refusal | null {
      const writes = !['GET', 'HEAD', 'OPTIONS'].includes(req.method ?? '')
      return writes && !allows(req) ? new Refusal('FORBIDDEN', 'That origin may not write here.') : null
    },
  }
}

export type Origins = ReturnType<typeof createOrigins>
