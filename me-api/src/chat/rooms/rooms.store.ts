import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NewRoom, Room, RoomChanges } from '../../contract/index.ts'
import { isOpenRoom } from './open-rooms.ts'
import type { Database, RoomRow } from '../../db/tables.ts'
import { lockRoom } from '../log/commit.ts'

/**
 * Messages removed per transaction. Removing one, with its entry in the search index, takes about half a millisecond.
 */
const AT_ONCE = 50

/** The SQL of rooms. */
export function createRoomsStore(db: Database) {
  /** Removes up to `AT_ONCE` messages and returns their number. */
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

    /** Returns the open rooms. */
    list: (): Promise<Room[]> =>
      db
        .selectFrom('rooms')
        .selectAll()
        .where('removed_at', 'is', null)
        .where(isOpenRoom('name'))
        .orderBy('name')
        .execute()
        .then((rows) => rows.map(toRoom)),

    /** Returns how far all rooms are, private conversations too. */
    all: (): Promise<{ name: string; rev: number }[]> =>
      db.selectFrom('rooms').select(['name', 'rev']).where('removed_at', 'is', null).execute(),

    /** Returns how far one room is; empty if it is not there. */
    reached: (name: string): Promise<{ name: string; rev: number }[]> =>
      db
        .selectFrom('rooms')
        .select(['name', 'rev'])
        .where('name', '=', name)
        .where('removed_at', 'is', null)
        .execute(),

    /** Adds a room. One with the name of a removed room continues its numbering. Returns null if the room exists. */
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

    /** Returns null if there is no such room. */
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
     * Permanently removes the room's messages; its row stays and keeps the numbers. The removal is a change with a
     * number of its own, which becomes the room's floor, so that every reader starts over. Returns false if there is
     * no such room.
     */
    remove: (name: string, now: number): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        const room = await lockRoom(tx, name)
        if (!room) return false
        await tx.deleteFrom('messages').where('room', '=', name).execute()
        await tx.deleteFrom('conversations').where('room', '=', name).execute()
        const rev = room.rev + 1
        await tx
          .updateTable('rooms')
          .set({ removed_at: now, rev, floor: rev })
          .where('name', '=', name)
          .execute()
        return true
      }),

    /**
     * Permanently removes a room's messages sent before a time, some per transaction, so that others wait only
     * briefly.
     */
    async removeSentBefore(name: string, time: number): Promise<void> {
      while ((await removeSome(name, time)) === AT_ONCE) await nextTurn()
    },

    /** Permanently removes all but a room's last few messages, like `removeSentBefore`. */
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
  kind: 'open',
  title,
  locked: locked === 1,
  slowSeconds: slow_seconds,
  seq,
  rev,
})
