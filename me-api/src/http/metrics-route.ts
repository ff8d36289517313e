import { timingSafeEqual } from 'node:crypto'
import { type Request, Router } from 'express'
import type { Registry } from 'prom-client'
import { Refusal } from '../errors.ts'
import { isLoopback, isLoopbackHost } from './address-ranges.ts'
import { peerOf } from './client-address.ts'
import type { SiteHost } from './site-host.ts'

type Parts = { registry: Registry; token: string | undefined; hostOf: SiteHost['hostOf'] }

/**
 * Serves `/metrics` to clients with the token. If no token is set, only a program on this machine that requests a
 * loopback host gets it. The route recognises a proxy on this machine by a header that it adds or by the host that it
 * passes on, and misses one that does neither.
 */
export function metricsRoute({ registry, token, hostOf }: Parts): Router {
  const router = Router()
  router.get('/metrics', async (req, res) => {
    mayRead(req)
    res
      .set('Cache-Control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics())
  })

  function mayRead(req: Request): void {
    const given = /^Bearer +(\S.*)$/i.exec(req.get('authorization') ?? '')?.[1]
    if (token !== undefined) {
      if (given === undefined) throw new Refusal('UNAUTHENTICATED', 'Send METRICS_TOKEN as a bearer token.')
      if (!isSame(given, token)) throw new Refusal('TOKEN_INVALID', 'The token is not METRICS_TOKEN.')
    } else if (!isFromHere(req)) {
      throw new Refusal(
        'FORBIDDEN',
        'From another machine, or through a proxy, this needs METRICS_TOKEN to be set.',
      )
    }
  }

  function isFromHere(req: Request): boolean {
    const peer = peerOf(req)
    const isProxied = Object.keys(req.headers).some((name) => /^(forwarded|via|x-.*)$/.test(name))
    return peer !== null && isLoopback(peer) && !isProxied && isLoopbackHost(hostOf(req))
  }

  return router
}

function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}
