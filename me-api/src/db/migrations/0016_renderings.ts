import type { Kysely } from 'kysely'

/** Counts how often a page's HTML was made anew since its text was saved; an older version still runs on this database. */
export const renderings = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of ['presentation', 'reports'])
      await db.schema
        .alterTable(table)
        .addColumn('renderings', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
  },
}
