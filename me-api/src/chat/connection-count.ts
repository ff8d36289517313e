import type { Server } from 'socket.io'
import { Refusal } from '../errors.ts'
import type { AddressOf } from '../http/addresses.ts'

/**
 * Open connections of each address, counted at the engine, so that no namespace slips by. They are refused in the
 * namespace's middleware, the only place from which a client gets the code.
 */
export function countConnections(io: Server, addressOf: AddressOf, limit: number | null) {
  const open = new Map<string, number>()
  io.engine.on('connection', (connection) => {
    const address = addressOf(connection.request)
    if (address === null) return
    open.set(address, (open.get(address) ?? 0) + 1)
    connection.on('close', () => {
      const left = (open.get(address) ?? 0) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })

  /** @throws {Refusal} RATE_LIMITED */
  return function mayConnect(address: string | null): void {
    if (limit === null || address === null || (open.get(address) ?? 0) <= limit) return
    throw new Refusal('RATE_LIMITED', 'Too many connections from your address.', { retryAfter: 10 })
  }
}
