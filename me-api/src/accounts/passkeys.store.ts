import type { Database, PasskeyRow } from '../db/tables.ts'

/** The SQL of passkeys, one statement each. */
export function createPasskeysStore(db: Database) {
  return {
    /** Returns a user's passkeys, the oldest first. */
    of: (userId: string): Promise<PasskeyRow[]> =>
      db
        .selectFrom('passkeys')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('id')
        .execute(),

    byId: (id: string): Promise<PasskeyRow | undefined> =>
      db.selectFrom('passkeys').selectAll().where('id', '=', id).executeTakeFirst(),

    /** Returns false if there is a passkey with that id. */
    async insert(passkey: PasskeyRow): Promise<boolean> {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('passkeys')
        .values(passkey)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows === 1n
    },

    /**
     * Notes a use. Returns false if the passkey was removed, or used meanwhile with this counter or a later one. An
     * authenticator without a counter always says 0.
     */
    async use(id: string, counter: number, now: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('passkeys')
        .set({ counter, used_at: now })
        .where('id', '=', id)
        .where((where) => (counter === 0 ? where('counter', '=', 0) : where('counter', '<', counter)))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Removes one of a user's passkeys and returns its name; null if there is none such. */
    async remove(userId: string, id: string): Promise<string | null> {
      const removed = await db
        .deleteFrom('passkeys')
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .returning('name')
        .executeTakeFirst()
      return removed?.name ?? null
    },

    async removeAll(userId: string): Promise<void> {
      await db.deleteFrom('passkeys').where('user_id', '=', userId).execute()
    },
  }
}

export type PasskeysStore = ReturnType<typeof createPasskeysStore>
