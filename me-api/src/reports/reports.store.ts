import type { Insertable, Updateable } from 'kysely'
import type { Database, ReportsTable } from '../db/tables.ts'

export function createReportsStore(db: Database) {
  return {
    list: () =>
      db
        .selectFrom('reports')
        .select(['week', 'title', 'created_at', 'updated_at'])
        .orderBy('week')
        .execute(),

    all: () => db.selectFrom('reports').selectAll().orderBy('week').execute(),

    find: (week: number) => db.selectFrom('reports').selectAll().where('week', '=', week).executeTakeFirst(),

    /** Returns undefined if the week exists. */
    insert: (report: Insertable<ReportsTable>) =>
      db
        .insertInto('reports')
        .values(report)
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst(),

    /** Returns undefined if there is no such week. */
    update: (week: number, changes: Updateable<ReportsTable>) =>
      db.updateTable('reports').set(changes).where('week', '=', week).returningAll().executeTakeFirst(),

    async remove(week: number): Promise<boolean> {
      const { numDeletedRows } = await db.deleteFrom('reports').where('week', '=', week).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

export type ReportsStore = ReturnType<typeof createReportsStore>
