import type { IncomingMessage } from 'node:http'

/** The origins that may call REST with a cookie and open sockets: the site's own, and those of `SITE_ORIGINS`. */
export function createOrigins(others: string[]) {
  return {
    others,

    /** A request without an `Origin` comes from no foreign page: a script, or a browser's own navigation. */
    allows({ headers }: IncomingMessage): boolean {
      const { origin, host } = headers
      if (origin === undefined) return true
      return others.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
    },
  }
}

export type Origins = ReturnType<typeof createOrigins>
