import type { Author } from '../../contract/index.ts'
import type { ModerationStore } from './moderation.store.ts'
import type { RecentlyDeleted } from '../messages/recently-deleted.ts'
import type { WriteToMany } from '../log/write-to-many.ts'
import type { Signals } from '../signals.ts'

type Parts = {
  store: Pick<ModerationStore, 'tracesOf'>
  writeToMany: WriteToMany
  recentlyDeleted: Pick<RecentlyDeleted, 'whileErasing'>
  signals: Pick<Signals, 'wordsErased'>
}

/** Erases a person's contributions from all rooms: their messages, and their reactions on other messages. */
export function createEraser({ store, writeToMany, recentlyDeleted, signals }: Parts) {
  return async function erase(by: Author, personId: string): Promise<void> {
    await recentlyDeleted.whileErasing(personId, () =>
      writeToMany(
        (from, to) => store.tracesOf(personId, from, to),
        (id) => ({ kind: 'erase', id, author: by, personId }),
      ),
    )
    signals.wordsErased.emit(personId)
  }
}

export type Eraser = ReturnType<typeof createEraser>
