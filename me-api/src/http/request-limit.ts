import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import type { AddressOf } from './client-address.ts'

type Parts = {
  /** Counts so many requests of an address, null where it is not known. @throws {Refusal} RATE_LIMITED */
  limitRequests: (address: string | null, cost: number) => void
  addressOf: AddressOf
  isOwner: (req: IncomingMessage) => Promise<boolean>
}

/**
 * Limits the HTTP requests of each address (`LIMIT_REQUESTS`). A request that is expensive to answer counts as several,
 * which bounds the server's time that one address takes, whatever it asks for. The owner is not refused; who asks is
 * looked up only where the limit refuses.
 */
export function createRequestLimit({ limitRequests, addressOf, isOwner }: Parts) {
  /** Makes a handler that counts each request as `cost` requests, and fails with RATE_LIMITED beyond the limit. */
  return (cost: number): RequestHandler =>
    async (req, _res, next) => {
      try {
        limitRequests(addressOf(req), cost)
      } catch (error) {
        if (!(await isOwner(req))) throw error
      }
      next()
    }
}

export type Charge = ReturnType<typeof createRequestLimit>
