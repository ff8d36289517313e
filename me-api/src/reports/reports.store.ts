import { type Insertable, sql } from 'kysely'
import { nextVersion } from '../db/next-version.ts'
import type { AlsoStored, Database, ReportsTable } from '../db/tables.ts'

type Changes = Omit<Insertable<ReportsTable>, 'week' | 'created_at'>

export function createReportsStore(db: Database) {
  const insert = (on: Database, report: Insertable<ReportsTable>) =>
    on
      .insertInto('reports')
      .values(report)
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()

  return {
    list: () =>
      db
        .selectFrom('reports')
        .select(['week', 'title', 'created_at', 'updated_at'])
        .orderBy('week')
        .execute(),

    all: () => db.selectFrom('reports').selectAll().orderBy('week').execute(),

    find: (week: number) => db.selectFrom('reports').selectAll().where('week', '=', week).executeTakeFirst(),

    /** Returns undefined if the week exists; `also` is stored with a new report. */
    insert: (report: Insertable<ReportsTable>, also?: AlsoStored) =>
      also
        ? db.transaction().execute(async (tx) => {
            const row = await insert(tx, report)
            if (row) await also(tx)
            return row
          })
        : insert(db, report),

    /** Returns undefined if there is no such week, or if its version is none of `versions`. */
    update: (week: number, { updated_at, ...changes }: Changes, versions?: number[]) =>
      db
        .updateTable('reports')
        .set({ ...changes, renderings: 0, updated_at: nextVersion(updated_at) })
        .where('week', '=', week)
        .$if(versions !== undefined, (query) => query.where('updated_at', 'in', versions ?? []))
        .returningAll()
        .executeTakeFirst(),

    /** Replaces the HTML of a report that still has this version, which stays. */
    replaceHtml: (week: number, version: number, html: string) =>
      db
        .updateTable('reports')
        .set({ html, renderings: sql<number>`renderings + 1` })
        .where('week', '=', week)
        .where('updated_at', '=', version)
        .execute(),

    /** Returns false if there is no such week, or if its version is none of `versions`. */
    async remove(week: number, versions?: number[]): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('reports')
        .where('week', '=', week)
        .$if(versions !== undefined, (query) => query.where('updated_at', 'in', versions ?? []))
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

export type ReportsStore = ReturnType<typeof createReportsStore>
