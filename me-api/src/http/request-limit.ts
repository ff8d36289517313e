import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { createAddressLimiter } from '../chat/limits.ts'
import type { Limit } from '../config.ts'
import type { AddressOf } from './addresses.ts'

type Parts = {
  limit: Limit | null
  addressOf: AddressOf
  isOwner: (req: IncomingMessage) => Promise<boolean>
}

/**
 * One bucket for each address, over all that it asks for by HTTP (`LIMIT_REQUESTS`). What is dear to answer costs more
 * than one request, so that what one address may have of this server's time has a bound whatever it asks for. Nothing
 * is counted where addresses are not to be believed, and the owner is not refused: who asks is looked up only where
 * somebody would be.
 */
export function createRequestLimit({ limit, addressOf, isOwner }: Parts) {
  const use = createAddressLimiter(limit, 'Too many requests from your address.')

  /** Counts a request as so many. The handler fails with RATE_LIMITED where they are too many. */
  return (cost: number): RequestHandler =>
    async (req, _res, next) => {
      try {
        use(addressOf(req), cost)
      } catch (error) {
        if (!(await isOwner(req))) throw error
      }
      next()
    }
}

/** Makes a handler that counts a request as so many. */
export type Charge = ReturnType<typeof createRequestLimit>
