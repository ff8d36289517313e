import { setImmediate as nextTurn } from 'node:timers/promises'
import { LESSON_ROOM } from '../contract/index.ts'
import type { Database } from '../db/tables.ts'

/** Messages removed per statement, so that others wait only briefly. */
const AT_ONCE = 50

/** The SQL of the lesson's room. */
export function createLessonStore(db: Database) {
  /** Removes some messages sent before a time and returns their number. */
  async function removeSome(time: number): Promise<number> {
    const old = db
      .selectFrom('messages')
      .select('id')
      .where('room', '=', LESSON_ROOM)
      .where('sent_at', '<', time)
      .limit(AT_ONCE)
    const { numDeletedRows } = await db.deleteFrom('messages').where('id', 'in', old).executeTakeFirst()
    return Number(numDeletedRows)
  }

  return {
    /** Makes the room, unless it is there. */
    async open(): Promise<void> {
      await db
        .insertInto('rooms')
        .values({ name: LESSON_ROOM, title: '', removed_at: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    /**
     * Permanently removes the messages sent before a time. The room's floor stays, so that its readers go on at their
     * cursor: nobody has to forget what the server has said.
     */
    async removeSentBefore(time: number): Promise<void> {
      while ((await removeSome(time)) === AT_ONCE) await nextTurn()
    },
  }
}

export type LessonStore = ReturnType<typeof createLessonStore>
