import { parseCookie } from 'cookie'
import type { CookieOptions, Request, Response } from 'express'
import type { IncomingMessage } from 'node:http'
import type { SiteHost } from './site-host.ts'

/**
 * `me_session` holds the session's token; `me_device` shows that a user has signed in with this browser before. Of those
 * who write without script, `me_visitor` holds the visitor's token, and `me_tab` the random name that a tab stores
 * elsewhere.
 */
type Name = 'me_session' | 'me_device' | 'me_visitor' | 'me_tab'

/**
 * Reads and sets the site's cookies. Over https their names have the prefix `__Host-`, which makes browsers refuse
 * them from any other host or path (RFC 6265bis §4.1.3), and only that name is read, because a sibling domain can set
 * a cookie of the plain name.
 */
export function createCookies({ isSecure }: Pick<SiteHost, 'isSecure'>) {
  const nameFor = (req: IncomingMessage, name: Name): string => (isSecure(req) ? `__Host-${name}` : name)

  const optionsFor = (req: IncomingMessage): CookieOptions => ({
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: isSecure(req),
  })

  return {
    /**
     * Returns a cookie's value. Also undefined if two cookies have the name, because one of them was set for another
     * path or a parent domain.
     */
    read(req: IncomingMessage, name: Name): string | undefined {
      const ownName = nameFor(req, name)
      const pairs = (req.headers.cookie ?? '').split(';').map((pair) => parseCookie(pair))
      const [value, ...others] = pairs.flatMap((pair) => pair[ownName] ?? [])
      return others.length === 0 ? value : undefined
    },

    /**
     * Sets a cookie. `expiresAt` is in milliseconds since 1970; the browser receives the remaining time, because its
     * clock may be wrong. Without it the cookie lasts until the browser is closed.
     */
    set(req: Request, res: Response, name: Name, value: string, expiresAt?: number): void {
      const lifetime = expiresAt === undefined ? {} : { maxAge: expiresAt - Date.now() }
      res.cookie(nameFor(req, name), value, { ...optionsFor(req), ...lifetime })
    },

    clear(req: Request, res: Response, name: Name): void {
      res.clearCookie(nameFor(req, name), optionsFor(req))
    },
  }
}

export type Cookies = ReturnType<typeof createCookies>
