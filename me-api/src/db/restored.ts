import { type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from './database-url.ts'
import type { Database } from './tables.ts'

/** More changes than a room can have between a copy and its restoration, and a small part of 2^53. */
const LEAP = 2 ** 32
/** In the year 2112; what a clock says beyond that is not believed, so that the numbers stay below 2^53. */
const MICROSECONDS_MAX = 2 ** 52

/** SQLite's `user_version` in a copy with which no server has started yet; 0 otherwise. */
export const COPY = 1

/** Whether an SQLite database is a copy with which no server has started yet. */
export async function isCopy(db: Database): Promise<boolean> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db)
  return rows[0]?.user_version === COPY
}

/**
 * Moves each room's `rev` and floor on, above every number that a reader of the database's other history may have, so
 * that all of them start over (docs/contract.md §4). Two databases restored from one copy at different times get
 * different numbers too: they go on from the time in microseconds, and no room changes once a microsecond.
 * @param now milliseconds since 1970
 */
export async function numberRoomsAnew(db: Database, kind: DatabaseKind, now: number): Promise<void> {
  const least = sql.lit(Math.min(now * 1_000, MICROSECONDS_MAX))
  const leapt = sql`rev + ${sql.lit(LEAP)}`
  const next = sql`case when ${leapt} < ${least} then ${least} else ${leapt} end` as RawBuilder<number>
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('rooms').set({ rev: next, floor: next }).execute()
    if (kind === 'sqlite') await sql`pragma user_version = 0`.execute(tx)
  })
}
