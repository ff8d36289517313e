import type { Author } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { Eraser } from './erase.ts'
import { takeTurns } from './take-turns.ts'

/** People whose words may wait to be erased. An erasure looks through all messages, which takes a moment. */
const WAITING_MAX = 50

/**
 * People's own erasures, one after the other for the whole server. Whose erasure has not begun yet need not wait for
 * another; one under way may have passed by what was written since, so that it is no answer to who asks then.
 */
export function createErasureQueue(erase: Eraser) {
  const inTurn = takeTurns()
  const waiting = new Map<string, Promise<void>>()

  return {
    /** The erasure of somebody that has yet to begin. */
    waitingFor: (personId: string): Promise<void> | undefined => waiting.get(personId),

    /** @throws {Refusal} UNAVAILABLE where very many wait */
    async add(by: Author, personId: string): Promise<void> {
      const known = waiting.get(personId)
      if (known) return known
      if (waiting.size >= WAITING_MAX)
        throw new Refusal('UNAVAILABLE', 'Very many take back their words just now.', { retryAfter: 30 })
      const mine = inTurn(async () => {
        waiting.delete(personId)
        await erase(by, personId)
      })
      waiting.set(personId, mine)
      return mine
    },
  }
}

export type ErasureQueue = ReturnType<typeof createErasureQueue>
