import type { IncomingMessage } from 'node:http'

/** The origins that may call REST with a cookie and open sockets: the site's own, and those of `SITE_ORIGINS`. */
export function createOrigins(others: string[]) {
  return {
    others,

    /**
     * A request without an `Origin` comes from a script, or from a page that embeds or opens this address; the latter
     * a browser tells by `Sec-Fetch-Site`.
     */
    allows({ headers }: IncomingMessage): boolean {
      const { origin, host } = headers
      if (origin === undefined) return !/^(cross|same)-site$/.test(String(headers['sec-fetch-site']))
      return others.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
    },
  }
}

export type Origins = ReturnType<typeof createOrigins>
