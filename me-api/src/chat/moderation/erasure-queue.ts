import type { Author } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Eraser } from './erase-author.ts'
import { createSerialQueue } from '../serial-queue.ts'

/** Erasures that may be queued. Each one scans all messages, which takes a moment. */
const WAITING_MAX = 50

/**
 * Runs the requested erasures one after the other for the whole process. A person who asks again before their erasure
 * has begun shares it. A running erasure is not shared, because it may miss messages written since. Each node has a queue
 * of its own: erasing twice changes nothing.
 */
export function createErasureQueue(erase: Eraser) {
  const inTurn = createSerialQueue()
  const waiting = new Map<string, Promise<void>>()

  return {
    /** Returns a person's queued erasure, if it has not begun. */
    waitingFor: (personId: string): Promise<void> | undefined => waiting.get(personId),

    /** Queues an erasure. @throws {Refusal} UNAVAILABLE if the queue is full */
    async add(by: Author, personId: string): Promise<void> {
      const queued = waiting.get(personId)
      if (queued) return queued
      if (waiting.size >= WAITING_MAX)
        throw new Refusal(
          'UNAVAILABLE',
          'Many people are deleting their messages right now. Try again later.',
          { retryAfter: 30 },
        )
      const erasure = inTurn(async () => {
        waiting.delete(personId)
        await erase(by, personId)
      })
      waiting.set(personId, erasure)
      return erasure
    },
  }
}

export type ErasureQueue = ReturnType<typeof createErasureQueue>
