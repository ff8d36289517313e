import { parseCookie } from 'cookie'
import type { CookieOptions, Request, Response } from 'express'
import type { IncomingMessage } from 'node:http'

/** `me_session`: the session's token. `me_device`: that somebody has signed in with this browser before. */
type Name = 'me_session' | 'me_device'

/** Over https the prefix has the browser refuse the cookie from any other host or path (RFC 6265bis §4.1.3). */
const secured = (name: Name): string => `__Host-${name}`

export function readCookie(req: IncomingMessage, name: Name): string | undefined {
  const cookies = parseCookie(req.headers.cookie ?? '')
  return cookies[secured(name)] ?? cookies[name]
}

/** `expiresAt` in milliseconds since 1970; the browser is told how long that is, as its clock may be wrong. */
export function setCookie(req: Request, res: Response, name: Name, value: string, expiresAt: number): void {
  const maxAge = expiresAt - Date.now()
  res.cookie(req.secure ? secured(name) : name, value, { ...optionsOf(req), maxAge })
}

export function clearCookie(req: Request, res: Response, name: Name): void {
  res.clearCookie(name, optionsOf(req))
  if (req.secure) res.clearCookie(secured(name), optionsOf(req))
}

const optionsOf = (req: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  path: '/',
  secure: req.secure,
})
