import { sql } from 'kysely'
import { nowOfPostgres as now } from './postgres-clock.ts'
import type { Database } from './tables.ts'

/** Milliseconds for which a use is remembered: far longer than anything is valid, should a clock be set back. */
const KEPT = 24 * 3_600_000

/**
 * What may be used once on all nodes, such as a proof of work: the database decides (PostgreSQL).
 * The answer says whether this is the first use of that name.
 */
export function createUsedOnce(db: Database) {
  return async function use(name: string): Promise<boolean> {
    await sql`delete from used_once where kept_until < ${now}`.execute(db)
    const { rows } = await sql`
      insert into used_once (name, kept_until) values (${name}, ${now} + ${sql.lit(KEPT)})
      on conflict (name) do nothing returning name
    `.execute(db)
    return rows.length > 0
  }
}

export type UsedOnce = ReturnType<typeof createUsedOnce>
