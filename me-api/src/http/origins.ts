import type { IncomingMessage } from 'node:http'
import { Refusal } from '../errors.ts'
import type { SiteHost } from './site-host.ts'

type Parts = { others: string[]; siteHost: Pick<SiteHost, 'isOwnOrigin'> }

/** The origins whose pages may write and open sockets here: the site's own, and those of `SITE_ORIGINS`. */
export function createOrigins({ others, siteHost }: Parts) {
  /**
   * Whether a request comes from a page that may write here, or from no page. A browser sends the `Origin` of a page
   * that writes or opens a socket, and in `Sec-Fetch-Site` how that page's site relates to this one. Scripts and text
   * browsers send neither header.
   */
  function allows(req: IncomingMessage): boolean {
    const { origin } = req.headers
    if (origin !== undefined && others.includes(origin)) return true
    // Checked first, as http://example.org has the site's name and is cross-site to https://example.org.
    if (!/^(same-origin|none)$/.test(String(req.headers['sec-fetch-site'] ?? 'none'))) return false
    return origin === undefined || siteHost.isOwnOrigin(req, origin)
  }

  return {
    others,
    allows,

    /** Why this request may not write; null where it may. It needs no cookie: a form can sign somebody in or out. */
    refusalOf(req: IncomingMessage): Refusal | null {
      const writes = !['GET', 'HEAD', 'OPTIONS'].includes(req.method ?? '')
      return writes && !allows(req) ? new Refusal('FORBIDDEN', 'That origin may not write here.') : null
    },
  }
}

export type Origins = ReturnType<typeof createOrigins>
