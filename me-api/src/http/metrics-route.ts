import { timingSafeEqual } from 'node:crypto'
import { BlockList } from 'node:net'
import { type Request, Router } from 'express'
import type { Registry } from 'prom-client'
import { Refusal } from '../errors.ts'
import type { AddressOf } from './addresses.ts'

type Parts = { registry: Registry; token: string | undefined; addressOf: AddressOf }

/**
 * `/metrics`: for who has the token; without one set, for this machine alone. Behind a proxy that is not to be
 * believed everybody would seem to be this machine, so that only the token opens it.
 */
export function metricsRoute({ registry, token, addressOf }: Parts): Router {
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
      if (!isSame(given, token)) throw new Refusal('TOKEN_INVALID', 'That is not METRICS_TOKEN.')
    } else if (!isLoopback(addressOf(req))) {
      throw new Refusal('FORBIDDEN', 'From another machine this needs METRICS_TOKEN to be set.')
    }
  }

  return router
}

function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6')

const isLoopback = (address: string | null): boolean =>
  address !== null && loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
