import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NewRoom, Room, RoomChanges } from '../../contract/index.ts'
import type { Database, RoomRow } from '../../db/tables.ts'
import { lockRoom } from '../log/commit.ts'

/** Messages removed in one transaction. Taking one out of the search index as well costs about half a millisecond. */
const AT_ONCE = 50

/** The SQL of rooms. */
export function createRoomsStore(db: Database) {
  /** Answers how many were removed, `AT_ONCE` at most. */
  const removeSome = (name: string, time: number): Promise<number> =>
    db.transaction().execute(async (tx) => {
      const room = await lockRoom(tx, name)
      if (!room) return 0
      const old = tx
        .selectFrom('messages')
        .select('id')
        .where('room', '=', name)
        .where('sent_at', '<', time)
        .limit(AT_ONCE)
      const { numDeletedRows } = await tx.deleteFrom('messages').where('id', 'in', old).executeTakeFirst()
      if (numDeletedRows > 0n) {
        const rev = room.rev + 1
        await tx.updateTable('rooms').set({ rev, floor: rev }).where('name', '=', name).execute()
      }
      return Number(numDeletedRows)
    })

  return {
    async has(name: string): Promise<boolean> {
      const room = db
        .selectFrom('rooms')
        .select('name')
        .where('name', '=', name)
        .where('removed_at', 'is', null)
      return (await room.executeTakeFirst()) !== undefined
    },

    list: (): Promise<Room[]> =>
      db
        .selectFrom('rooms')
        .selectAll()
        .where('removed_at', 'is', null)
        .orderBy('name')
        .execute()
        .then((rows) => rows.map(toRoom)),

    /** A room of a name that was removed goes on with its numbering. Null where the room is there already. */
    async add({ name, title, locked = false, slowSeconds = 0 }: NewRoom): Promise<Room | null> {
      const settings = { title, locked: locked ? 1 : 0, slow_seconds: slowSeconds, removed_at: null } as const
      const row = await db
        .insertInto('rooms')
        .values({ name, ...settings })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet(settings).where('rooms.removed_at', 'is not', null),
        )
        .returningAll()
        .executeTakeFirst()
      return row ? toRoom(row) : null
    },

    /** Null where there is no such room. */
    async change(name: string, { title, locked, slowSeconds }: RoomChanges): Promise<Room | null> {
      const changes = {
        ...(title !== undefined && { title }),
        ...(locked !== undefined && { locked: locked ? (1 as const) : (0 as const) }),
        ...(slowSeconds !== undefined && { slow_seconds: slowSeconds }),
      }
      const row = await db
        .updateTable('rooms')
        .set((column) => ({ rev: column.ref('rev'), ...changes }))
        .where('name', '=', name)
        .where('removed_at', 'is', null)
        .returningAll()
        .executeTakeFirst()
      return row ? toRoom(row) : null
    },

    /**
     * Removes the room's messages for good; its row stays and keeps the numbers. Removing is a change that takes a
     * number, the room's floor from then on, so that every reader starts anew. False: no such room.
     */
    remove: (name: string, now: number): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        const room = await lockRoom(tx, name)
        if (!room) return false
        await tx.deleteFrom('messages').where('room', '=', name).execute()
        const rev = room.rev + 1
        await tx
          .updateTable('rooms')
          .set({ removed_at: now, rev, floor: rev })
          .where('name', '=', name)
          .execute()
        return true
      }),

    /** Removes a room's messages sent before a time for good, some in each transaction, so that others wait only a moment. */
    async removeSentBefore(name: string, time: number): Promise<void> {
      while ((await removeSome(name, time)) === AT_ONCE) await nextTurn()
    },

    /** Removes a room's messages for good but the last few, as `removeSentBefore` does. */
    async thin(name: string): Promise<void> {
      const more = db.selectFrom('messages').select('id').where('room', '=', name).limit(1).offset(AT_ONCE)
      while (await more.executeTakeFirst()) {
        await removeSome(name, Number.MAX_SAFE_INTEGER)
        await nextTurn()
      }
    },
  }
}

export type RoomsStore = ReturnType<typeof createRoomsStore>

const toRoom = ({ name, title, locked, slow_seconds, seq, rev }: RoomRow): Room => ({
  name,
  title,
  locked: locked === 1,
  slowSeconds: slow_seconds,
  seq,
  rev,
})
