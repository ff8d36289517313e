import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from '../../errors.ts'
import type { Write } from './apply-write.ts'
import type { MessageStore } from './message.store.ts'
import type { RoomLog } from './room-log.ts'

/** Message keys scanned per query: some milliseconds of the event loop. */
const SCANNED_AT_ONCE = 10_000
/** Messages written per batch, so that other writes get in between. */
const WRITTEN_AT_ONCE = 200

type Parts = {
  store: Pick<MessageStore, 'lastKey' | 'othersCaughtUp'>
  roomLog: Pick<RoomLog, 'write' | 'caughtUp'>
}

/** Makes the same write to many messages of all rooms, which every reader receives like any other Change. */
export function createWriteToMany({ store, roomLog }: Parts) {
  /** `find` returns the ids of the messages concerned with keys above `from` and up to `to`. */
  return async function writeToMany(
    find: (from: number, to: number) => Promise<string[]>,
    writeOf: (id: string) => Write,
  ): Promise<void> {
    // Writes accepted earlier, such as those of a person banned since, may still be pending, also on other nodes.
    await roomLog.caughtUp()
    await store.othersCaughtUp()
    const last = await store.lastKey()
    for (let from = 0; from < last; from += SCANNED_AT_ONCE) {
      const ids = await find(from, from + SCANNED_AT_ONCE)
      for (let start = 0; start < ids.length; start += WRITTEN_AT_ONCE) {
        const writes = ids.slice(start, start + WRITTEN_AT_ONCE).map((id) => roomLog.write(writeOf(id)))
        await Promise.all(writes.map((written) => written.catch(ignoreMissing)))
      }
      await nextTurn()
    }
  }
}

export type WriteToMany = ReturnType<typeof createWriteToMany>

/** Ignores NOT_FOUND: somebody else has deleted the message meanwhile. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error
}
