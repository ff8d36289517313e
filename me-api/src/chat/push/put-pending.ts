import type { Insertable } from 'kysely'
import type { Database, PendingPushesTable } from '../../db/tables.ts'
import { inChunks } from '../../in-chunks.ts'

/** Stores what waits, in place of what waits for the same browsers and conversations. */
export async function putPending(
  db: Pick<Database, 'insertInto'>,
  rows: Insertable<PendingPushesTable>[],
): Promise<void> {
  for (const some of inChunks(rows))
    await db
      .insertInto('pending_pushes')
      .values(some)
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
