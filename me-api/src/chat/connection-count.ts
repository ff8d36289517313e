import { Refusal } from '../errors.ts'

/** Open connections of each address, of all transports together; an address that is not known is not counted. */
export function createConnectionCount(limit: number | null) {
  const open = new Map<string, number>()

  /** Counts one more; the answer counts it off. */
  function add(address: string | null): () => void {
    if (address === null) return () => {}
    open.set(address, (open.get(address) ?? 0) + 1)
    return () => {
      const left = (open.get(address) ?? 0) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    }
  }

  /** Asked by one who is counted already. @throws {Refusal} RATE_LIMITED */
  function mayStay(address: string | null): void {
    if (limit === null || address === null || (open.get(address) ?? 0) <= limit) return
    throw new Refusal('RATE_LIMITED', 'Too many connections from your address.', { retryAfter: 10 })
  }

  return {
    add,
    mayStay,

    /** Counts one more where there is room for it; the answer counts it off. @throws {Refusal} RATE_LIMITED */
    take(address: string | null): () => void {
      const free = add(address)
      try {
        mayStay(address)
      } catch (error) {
        free()
        throw error
      }
      return free
    },
  }
}

export type ConnectionCount = ReturnType<typeof createConnectionCount>
