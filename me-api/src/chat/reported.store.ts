import type { MessageReport } from '../contract/index.ts'
import type { Database } from '../db/tables.ts'
import { toMessage } from './message-row.ts'

/** Reported messages that the owner is shown. */
const SHOWN = 200

/** The SQL of what was reported by whom. */
export function createReportedStore(db: Database) {
  return {
    async has(messageId: string, byId: string): Promise<boolean> {
      const row = await db
        .selectFrom('message_reports')
        .select('at')
        .where('message_id', '=', messageId)
        .where('by_id', '=', byId)
        .executeTakeFirst()
      return row !== undefined
    },

    async add(messageId: string, byId: string, at: number): Promise<void> {
      await db
        .insertInto('message_reports')
        .values({ message_id: messageId, by_id: byId, at, dismissed_at: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    /** How many reports that were. */
    async dismiss(messageId: string, now: number): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('message_reports')
        .set({ dismissed_at: now })
        .where('message_id', '=', messageId)
        .where('dismissed_at', 'is', null)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async open(): Promise<MessageReport[]> {
      const rows = await db
        .with('open_reports', (query) =>
          query
            .selectFrom('message_reports')
            .select((column) => [
              'message_id',
              column.fn.countAll<number>().as('count'),
              column.fn.min('at').as('first_at'),
              column.fn.max('at').as('last_at'),
            ])
            .where('dismissed_at', 'is', null)
            .groupBy('message_id'),
        )
        .selectFrom('open_reports')
        .innerJoin('messages', 'messages.id', 'open_reports.message_id')
        .selectAll('messages')
        .select(['count', 'first_at', 'last_at'])
        .where('deleted_at', 'is', null)
        .orderBy('last_at', 'desc')
        .limit(SHOWN)
        .execute()
      return rows.map(({ count, first_at, last_at, ...row }) => ({
        message: toMessage(row),
        count: Number(count),
        firstAt: new Date(Number(first_at)).toISOString(),
        lastAt: new Date(Number(last_at)).toISOString(),
      }))
    },
  }
}

export type ReportedStore = ReturnType<typeof createReportedStore>
