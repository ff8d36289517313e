import type { RequestHandler } from 'express'
import { networkOf } from '../chat/address-key.ts'
import type { AddressOf } from './addresses.ts'

/** Requests of one address that are served before all others are heard again. */
const FEW = 4

/**
 * Serves each address a few requests at a time, and whoever else has asked in between. A thousand requests that one
 * address sends in one instant would otherwise all be served, or refused, before another's is looked at. An IPv6 address'
 * /64 counts as one; where addresses are not to be believed all are served as they come.
 */
export function fairTurns(addressOf: AddressOf): RequestHandler {
  const lines = new Map<string, (() => void)[]>()

  function serve(network: string): void {
    const line = lines.get(network) ?? []
    for (const next of line.splice(0, FEW)) next()
    if (line.length > 0) setImmediate(serve, network)
    else lines.delete(network)
  }

  return (req, _res, next) => {
    const address = addressOf(req)
    if (address === null) return next()
    const network = networkOf(address)
    const line = lines.get(network)
    if (line) return void line.push(next)
    lines.set(network, [next])
    setImmediate(serve, network)
  }
}
