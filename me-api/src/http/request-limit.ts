import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import type { AddressOf } from './client-address.ts'

type Parts = {
  /** Counts `cost` requests of an address, null if unknown. @throws {Refusal} RATE_LIMITED */
  limitRequests: (address: string | null, cost: number) => void
  addressOf: AddressOf
  isOwner: (req: IncomingMessage) => Promise<boolean>
}

/**
 * Limits the HTTP requests of each address (`LIMIT_REQUESTS`). An expensive request counts as several, which bounds
 * the server time that one address can use. The owner is exempt; the caller is looked up only when the limit refuses.
 */
export function createRequestLimit({ limitRequests, addressOf, isOwner }: Parts) {
  /** Creates a handler that counts each request as `cost` requests, and fails with RATE_LIMITED beyond the limit. */
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
