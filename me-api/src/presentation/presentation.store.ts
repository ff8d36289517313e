import { type Insertable, sql } from 'kysely'
import { nextVersion } from '../db/next-version.ts'
import type { Database, PresentationTable } from '../db/tables.ts'

/** In an upsert the bare name could also mean the row that is being inserted. */
const stored = sql.ref<number>('presentation.updated_at')

type Row = Omit<Insertable<PresentationTable>, 'id'>

export function createPresentationStore(db: Database) {
  return {
    read: () => db.selectFrom('presentation').selectAll().executeTakeFirst(),

    name: async (): Promise<string | undefined> =>
      (await db.selectFrom('presentation').select('name').executeTakeFirst())?.name,

    /** Returns undefined if there is one already. */
    insert: (row: Row) =>
      db
        .insertInto('presentation')
        .values({ id: 1, ...row })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst(),

    /** Replaces the HTML of the presentation if it still has this version, which stays. */
    replaceHtml: (version: number, html: string) =>
      db
        .updateTable('presentation')
        .set({ html, renderings: sql<number>`renderings + 1` })
        .where('updated_at', '=', version)
        .execute(),

    /** Returns undefined if the stored version is none of `versions`. */
    write: (row: Row, versions?: number[]) =>
      db
        .insertInto('presentation')
        .values({ id: 1, ...row })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({ ...row, renderings: 0, updated_at: nextVersion(row.updated_at, stored) })
            .where((is) => (versions ? is(stored, 'in', versions) : is.lit(true))),
        )
        .returningAll()
        .executeTakeFirst(),
  }
}

export type PresentationStore = ReturnType<typeof createPresentationStore>
