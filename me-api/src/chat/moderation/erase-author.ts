import { setImmediate as breathe } from 'node:timers/promises'
import type { Author } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { ModerationStore } from './moderation.store.ts'
import type { RecentlyDeleted } from '../messages/recently-deleted.ts'
import type { RoomLog } from '../log/room-log.ts'

/** Message keys scanned per query: some milliseconds of the event loop. */
const SCANNED_AT_ONCE = 10_000
/** Messages erased per batch, so that other writes get in between. */
const ERASED_AT_ONCE = 200

type Parts = {
  store: Pick<ModerationStore, 'lastKey' | 'tracesOf'>
  roomLog: Pick<RoomLog, 'write' | 'caughtUp'>
  recentlyDeleted: Pick<RecentlyDeleted, 'whileErasing'>
}

/** Erases a person's contributions from all rooms: their messages, and their reactions on other messages. */
export function createEraser({ store, roomLog, recentlyDeleted }: Parts) {
  /** Writes the erasures to the rooms' logs, so that every reader receives them like any other Change. */
  async function erase(by: Author, personId: string): Promise<void> {
    // Writes accepted earlier, such as those of a person banned since, may still be pending.
    await roomLog.caughtUp()
    const last = await store.lastKey()
    for (let from = 0; from < last; from += SCANNED_AT_ONCE) {
      const ids = await store.tracesOf(personId, from, from + SCANNED_AT_ONCE)
      for (let start = 0; start < ids.length; start += ERASED_AT_ONCE) {
        const writes = ids
          .slice(start, start + ERASED_AT_ONCE)
          .map((id) => roomLog.write({ kind: 'erase', id, author: by, personId }))
        await Promise.all(writes.map((written) => written.catch(ignoreMissing)))
      }
      await breathe()
    }
  }

  return (by: Author, personId: string): Promise<void> =>
    recentlyDeleted.whileErasing(personId, () => erase(by, personId))
}

export type Eraser = ReturnType<typeof createEraser>

/** Ignores NOT_FOUND: somebody else has deleted the message meanwhile. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error
}
