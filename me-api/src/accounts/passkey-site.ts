import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { Refusal } from '../errors.ts'
import type { SiteHost } from '../http/site-host.ts'

/** What a passkey is bound to: the site's host name, and the origin of the page that asks for it. */
export type PasskeySite = { rpID: string; origin: string }

/**
 * Returns the site of a request: `SITE_URL`, else the host that was asked for. A page tells its scheme, which the
 * server does not know behind a proxy that it does not trust.
 * @throws {Refusal} FORBIDDEN where browsers offer no passkeys: at an IP address, and over plain http
 */
export function passkeySiteOf(
  req: IncomingMessage,
  { originOf, isOwnOrigin }: Pick<SiteHost, 'originOf' | 'isOwnOrigin'>,
): PasskeySite {
  const page = req.headers.origin
  const origin = page !== undefined && isOwnOrigin(req, page) ? page : originOf(req)
  const { hostname, protocol } = new URL(origin)
  if (isIP(hostname.replace(/^\[|\]$/g, '')))
    throw new Refusal('FORBIDDEN', 'Passkeys need a site with a name. This one is at an IP address.')
  if (protocol !== 'https:' && !/(^|\.)localhost$/.test(hostname))
    throw new Refusal('FORBIDDEN', 'Passkeys need https.')
  return { rpID: hostname, origin }
}
