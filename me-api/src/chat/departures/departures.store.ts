import type { Database, Departure } from '../../db/tables.ts'

/** The SQL of deleted accounts whose messages are still to be released or erased. */
export function createDeparturesStore(db: Database) {
  return {
    find: (authorId: string): Promise<Departure | undefined> =>
      db
        .selectFrom('departures')
        .select(['words', 'by_owner', 'left_at'])
        .where('author_id', '=', authorId)
        .executeTakeFirst(),

    async all(): Promise<string[]> {
      const rows = await db.selectFrom('departures').select('author_id').orderBy('left_at').execute()
      return rows.map(({ author_id }) => author_id)
    },

    async done(authorId: string): Promise<void> {
      await db.deleteFrom('departures').where('author_id', '=', authorId).execute()
    },

    /** Returns an author's messages that have a name, with keys above `from` and up to `to`; deleted ones too. */
    async namedOf(authorId: string, from: number, to: number): Promise<string[]> {
      const rows = await db
        .selectFrom('messages')
        .select('id')
        .where('key', '>', from)
        .where('key', '<=', to)
        .where('author_id', '=', authorId)
        .where('nick', '!=', '')
        .orderBy('key')
        .execute()
      return rows.map(({ id }) => id)
    },
  }
}

export type DeparturesStore = ReturnType<typeof createDeparturesStore>
