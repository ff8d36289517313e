import type { Database, OneTimeLinkRow } from '../db/tables.ts'

/** The SQL of one-time links. `use` is one statement, so that of two concurrent uses one succeeds. */
export function createOneTimeLinksStore(db: Database) {
  return {
    async add(link: OneTimeLinkRow): Promise<void> {
      await db.deleteFrom('one_time_links').where('expires_at', '<=', link.created_at).execute()
      await db.insertInto('one_time_links').values(link).execute()
    },

    /** Returns the link with this hash, unless it has expired. */
    find: (hash: string, kind: OneTimeLinkRow['kind'], now: number): Promise<OneTimeLinkRow | undefined> =>
      db
        .selectFrom('one_time_links')
        .selectAll()
        .where('hash', '=', hash)
        .where('kind', '=', kind)
        .where('expires_at', '>', now)
        .executeTakeFirst(),

    /** Removes the link. Returns false if it was used or removed already. */
    async use(hash: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('one_time_links')
        .where('hash', '=', hash)
        .executeTakeFirst()
      return numDeletedRows === 1n
    },

    /** Removes the links that set this user's password. */
    async removeOf(userId: string): Promise<void> {
      await db.deleteFrom('one_time_links').where('user_id', '=', userId).execute()
    },
  }
}

export type OneTimeLinksStore = ReturnType<typeof createOneTimeLinksStore>
