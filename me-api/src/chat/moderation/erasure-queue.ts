import type { Author } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Eraser } from './erase-author.ts'
import { createSerialQueue } from '../serial-queue.ts'

/** People whose words may wait to be erased. An erasure looks through all messages, which takes a moment. */
const WAITING_MAX = 50

/**
 * Runs the erasures that people ask for, one after the other for the whole server. Somebody who asks again before their
 * erasure has begun shares it. One that has begun is not shared, as it may miss what was written since.
 */
export function createErasureQueue(erase: Eraser) {
  const inTurn = createSerialQueue()
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
