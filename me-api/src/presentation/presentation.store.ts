import type { Insertable } from 'kysely'
import type { Database, PresentationTable } from '../db/tables.ts'

type Row = Omit<Insertable<PresentationTable>, 'id'>

export function createPresentationStore(db: Database) {
  return {
    read: () => db.selectFrom('presentation').selectAll().executeTakeFirst(),

    name: async (): Promise<string | undefined> =>
      (await db.selectFrom('presentation').select('name').executeTakeFirst())?.name,

    async write(row: Row): Promise<void> {
      await db
        .insertInto('presentation')
        .values({ id: 1, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
    },
  }
}

export type PresentationStore = ReturnType<typeof createPresentationStore>
