import { type Person, isPrivate } from '../../contract/index.ts'
import type { Signals } from '../signals.ts'

/**
 * Who reads by a request that goes on, and in which session, null where there is none: one room, or where `room` is null
 * all that they may read.
 */
export type Reader = { by: Person | null; sessionId: string | null; room: string | null }

/**
 * Ends requests that follow a private conversation with the identity or session that they began with: a token that was
 * ended must not go on reading. An open room may be read without.
 */
export function createPrivateReaders(signals: Pick<Signals, 'identityEnded' | 'botTokenReplaced'>) {
  const endings = new Map<() => void, Reader>()

  function endWhere(isOver: (reader: Reader) => boolean): void {
    for (const [end, reader] of endings) if (isOver(reader)) end()
  }
  for (const ended of [signals.identityEnded, signals.botTokenReplaced])
    ended.subscribe((id) => endWhere(({ by }) => by?.id === id))

  return {
    /** Calls `end` where the reader's identity or session ends. The returned function takes that back. */
    add(reader: Reader, end: () => void): () => void {
      const { by, room } = reader
      if (room === null ? by !== null : isPrivate(room)) endings.set(end, reader)
      return () => void endings.delete(end)
    },

    sessionEnded: (id: string): void => endWhere(({ sessionId }) => sessionId === id),
  }
}

export type PrivateReaders = ReturnType<typeof createPrivateReaders>
