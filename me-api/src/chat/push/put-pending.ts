import type { Insertable } from 'kysely'
import type { Database, PendingPushesTable } from '../../db/tables.ts'

/** Rows of one statement: PostgreSQL takes at most 65,535 values. */
const ROWS_AT_ONCE = 1_000

/** Stores what waits, in place of what waits for the same browsers and conversations. */
export async function putPending(
  db: Pick<Database, 'insertInto'>,
  rows: Insertable<PendingPushesTable>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
    await db
      .insertInto('pending_pushes')
      .values(rows.slice(start, start + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['subscription_id', 'conversation']).doUpdateSet((row) => ({
          reason: row.ref('excluded.reason'),
          message_id: row.ref('excluded.message_id'),
          made_at: row.ref('excluded.made_at'),
          due_at: row.ref('excluded.due_at'),
        })),
      )
      .execute()
}
