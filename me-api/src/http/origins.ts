import type { IncomingMessage } from 'node:http'
import { Refusal } from '../errors.ts'
import type { SiteHost } from './site-host.ts'

type Parts = { others: string[]; siteHost: Pick<SiteHost, 'isOwnOrigin'> }

/** The origins whose pages may write and open sockets: the site's own, and those of `SITE_ORIGINS`. */
export function createOrigins({ others, siteHost }: Parts) {
  /**
   * Whether a request comes from an allowed page, or from no page. For a page that writes or opens a socket, a
   * browser sends the page's `Origin`, and in `Sec-Fetch-Site` how its site relates to this one. Scripts and text
   * browsers send neither header.
   */
  function allows(req: IncomingMessage): boolean {
    const { origin } = req.headers
    if (origin !== undefined && others.includes(origin)) return true
    // Checked first, because http://example.org has the site's name but is cross-site to https://example.org.
    if (!/^(same-origin|none)$/.test(String(req.headers['sec-fetch-site'] ?? 'none'))) return false
    return origin === undefined || siteHost.isOwnOrigin(req, origin)
  }

  return {
    others,
    allows,

    /**
     * Returns the refusal of a write, or null. Requests without a cookie are checked too: a form can sign somebody in
     * or out.
     */
    refusalOf(req: IncomingMessage): Refusal | null {
      const writes = !['GET', 'HEAD', 'OPTIONS'].includes(req.method ?? '')
      return writes && !allows(req)
        ? new Refusal('FORBIDDEN', 'Pages of this origin may not write here.')
        : null
    },
  }
}

export type Origins = ReturnType<typeof createOrigins>
