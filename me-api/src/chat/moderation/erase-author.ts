import { setImmediate as breathe } from 'node:timers/promises'
import type { Author } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { ModerationStore } from './moderation.store.ts'
import type { RecentlyDeleted } from '../messages/recently-deleted.ts'
import type { RoomLog } from '../log/room-log.ts'

/** Keys looked through in one query: some milliseconds of the event loop. */
const LOOKED_THROUGH_AT_ONCE = 10_000
/** Messages erased at once, so that others' writes find their place between. */
const ERASED_AT_ONCE = 200

type Parts = {
  store: Pick<ModerationStore, 'lastKey' | 'tracesOf'>
  log: Pick<RoomLog, 'write' | 'caughtUp'>
  recentlyDeleted: Pick<RecentlyDeleted, 'whileErasing'>
}

/** Takes what somebody left out of the rooms: their messages, and their signs on those of others. */
export function createEraser({ store, log, recentlyDeleted }: Parts) {
  /** Through the rooms' logs, so that every reader gets it as any other Change. */
  async function erase(by: Author, personId: string): Promise<void> {
    // What was accepted before, as from somebody who is banned by now, may still wait to be stored.
    await log.caughtUp()
    const last = await store.lastKey()
    for (let from = 0; from < last; from += LOOKED_THROUGH_AT_ONCE) {
      const ids = await store.tracesOf(personId, from, from + LOOKED_THROUGH_AT_ONCE)
      for (let start = 0; start < ids.length; start += ERASED_AT_ONCE) {
        const writes = ids
          .slice(start, start + ERASED_AT_ONCE)
          .map((id) => log.write({ kind: 'erase', id, author: by, personId }))
        await Promise.all(writes.map((written) => written.catch(unlessGone)))
      }
      await breathe()
    }
  }

  return (by: Author, personId: string): Promise<void> =>
    recentlyDeleted.whileErasing(personId, () => erase(by, personId))
}

export type Eraser = ReturnType<typeof createEraser>

/** Deleted by somebody else meanwhile is as good. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error
}
