import type { Insertable } from 'kysely'
import type { Database, PendingMailsTable } from '../../db/tables.ts'
import { inChunks } from '../../in-chunks.ts'

/** Stores what waits to be told by mail; what waits already stays as it is. */
export async function putPendingMails(
  db: Pick<Database, 'insertInto'>,
  rows: Insertable<PendingMailsTable>[],
): Promise<void> {
  for (const some of inChunks(rows))
    await db
      .insertInto('pending_mails')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
