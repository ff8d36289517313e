import { type Insertable, type Selectable, sql } from 'kysely'
import type { Person, ReportSummary } from '../../contract/index.ts'
import type { Database, WebhookDeliveriesTable, WebhooksTable } from '../../db/tables.ts'
import { readWithTitle } from '../push/read-noticed.ts'

export type DeliveryRow = Selectable<WebhookDeliveriesTable>
/** What is tried next for a webhook. */
export type Due = DeliveryRow & { webhook: Selectable<WebhooksTable> }

/** What one attempt came to. */
export type Attempt = {
  status: 'pending' | 'delivered' | 'failed'
  at: number
  wait: number
  /** Its body is null where it may repeat what is no longer so. */
  answer: { status: number; body: string | null } | null
  error: string | null
}

/** The SQL of what webhooks are to be told, and were. */
export function createDeliveriesStore(db: Database) {
  const pendingOf = (webhookId: string, isSingle: 0 | 1) =>
    db
      .selectFrom('webhook_deliveries')
      .where('webhook_id', '=', webhookId)
      .where('is_single', '=', isSingle)
      .where('status', '=', sql.lit('pending' as const))

  return {
    /** Returns the ids of the webhooks for which something waits, due or not. */
    async waiting(): Promise<string[]> {
      const rows = await db
        .selectFrom('webhook_deliveries')
        .innerJoin('webhooks', 'webhooks.id', 'webhook_id')
        .select('webhook_id')
        .distinct()
        .where('status', '=', sql.lit('pending' as const))
        .where(({ or, eb }) => or([eb('off', 'is', null), eb('is_single', '=', 1)]))
        .execute()
      return rows.map(({ webhook_id }) => webhook_id)
    },

    /** Returns what is next for a webhook: a test or replay, else the first in its order, unless it is off or that waits. */
    async next(webhookId: string, now: number): Promise<Due | undefined> {
      const webhook = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('id', '=', webhookId)
        .executeTakeFirst()
      if (!webhook) return undefined
      const first = (isSingle: 0 | 1): Promise<DeliveryRow | undefined> =>
        pendingOf(webhookId, isSingle).selectAll().orderBy('key').limit(1).executeTakeFirst()
      const row = (await first(1)) ?? (webhook.off === null ? await first(0) : undefined)
      return row && isDue(row, now) ? { ...row, webhook } : undefined
    },

    /** Notes what an attempt came to, unless somebody else has noted one meanwhile. */
    async note({ key, attempts }: DeliveryRow, { status, at, wait, answer, error }: Attempt): Promise<void> {
      await db
        .updateTable('webhook_deliveries')
        .set({
          ...{ status, attempts: attempts + 1, tried_at: at, wait, error },
          ...{ answer_status: answer?.status ?? null, answer: answer?.body ?? null },
        })
        .where('key', '=', key)
        .where('status', '=', 'pending')
        .where('attempts', '=', attempts)
        .execute()
    },

    /** What waits of a message is told already, up to this state of it. */
    async skipUpTo({ webhook_id, subject, key }: DeliveryRow, rev: number): Promise<void> {
      await db
        .updateTable('webhook_deliveries')
        .set({ status: 'skipped' })
        .where('webhook_id', '=', webhook_id)
        .where('subject', '=', subject)
        .where('event', 'in', ['message.sent', 'message.edited'])
        .where('rev', '<=', rev)
        .where('key', '>', key)
        .where('status', '=', 'pending')
        .execute()
    },

    /** There is nothing to tell any more. */
    async skip({ key }: DeliveryRow): Promise<void> {
      await db
        .updateTable('webhook_deliveries')
        .set({ status: 'skipped' })
        .where('key', '=', key)
        .where('status', '=', 'pending')
        .execute()
    },

    /** Whether a webhook was never tried to be told of a message that was sent since there is the webhook. */
    async neverTold({ webhook_id, subject }: DeliveryRow): Promise<boolean> {
      const rows = await db
        .selectFrom('webhook_deliveries')
        .select('attempts')
        .where('webhook_id', '=', webhook_id)
        .where('subject', '=', subject)
        .where('event', '=', 'message.sent')
        .execute()
      return rows.length > 0 && rows.every(({ attempts }) => attempts === 0)
    },

    /** What waits for a webhook is tried now. */
    async endWait(webhookId: string): Promise<void> {
      await db
        .updateTable('webhook_deliveries')
        .set({ wait: 0 })
        .where('webhook_id', '=', webhookId)
        .where('status', '=', 'pending')
        .where('wait', '>', 0)
        .execute()
    },

    add: (delivery: Insertable<WebhookDeliveriesTable>): Promise<DeliveryRow> =>
      db.insertInto('webhook_deliveries').values(delivery).returningAll().executeTakeFirstOrThrow(),

    find: (webhookId: string, id: string): Promise<DeliveryRow | undefined> =>
      db
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('id', '=', id)
        .executeTakeFirst(),

    /** Has a delivery tried once more, by itself; what still waits in its order is tried at once there. */
    async again({ key, status }: DeliveryRow): Promise<DeliveryRow | undefined> {
      const isOver = status !== 'pending'
      return db
        .updateTable('webhook_deliveries')
        .set({ wait: 0, ...(isOver && { status: 'pending', is_single: 1 }) })
        .where('key', '=', key)
        .returningAll()
        .executeTakeFirst()
    },

    /** Returns a page of a webhook's deliveries, newest first, with one more than `limit` where there are more. */
    page: (webhookId: string, before: number | null, limit: number): Promise<DeliveryRow[]> =>
      db
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .$if(before !== null, (query) => query.where('key', '<', before))
        .orderBy('key', 'desc')
        .limit(limit + 1)
        .execute(),

    /** Returns the webhooks, that are on, for which more than `max` wait. */
    async overfull(max: number): Promise<string[]> {
      const rows = await db
        .selectFrom('webhook_deliveries')
        .innerJoin('webhooks', 'webhooks.id', 'webhook_id')
        .select('webhook_id')
        .where('status', '=', sql.lit('pending' as const))
        .where('off', 'is', null)
        .groupBy('webhook_id')
        .having(({ fn }) => fn.countAll(), '>', max)
        .execute()
      return rows.map(({ webhook_id }) => webhook_id)
    },

    /** Removes what is over and older than a time or beyond the newest `max` of its webhook, and what no webhook has. */
    async forget(before: number, max: number): Promise<void> {
      await db
        .deleteFrom('webhook_deliveries')
        .where('webhook_id', 'not in', db.selectFrom('webhooks').select('id'))
        .execute()
      await db.deleteFrom('webhook_deliveries').where('made_at', '<', before).execute()
      for (const { id } of await db.selectFrom('webhooks').select('id').execute()) {
        const last = await db
          .selectFrom('webhook_deliveries')
          .select('key')
          .where('webhook_id', '=', id)
          .where('status', '!=', 'pending')
          .orderBy('key', 'desc')
          .offset(max)
          .limit(1)
          .executeTakeFirst()
        if (!last) continue
        await db
          .deleteFrom('webhook_deliveries')
          .where('webhook_id', '=', id)
          .where('status', '!=', 'pending')
          .where('key', '<=', last.key)
          .execute()
      }
    },

    message: (id: string) => readWithTitle(db, id),

    async visitor(id: string): Promise<Person | undefined> {
      const row = await db
        .selectFrom('visitors')
        .select(['id', 'nick'])
        .where('id', '=', id)
        .where('nick', '!=', '')
        .executeTakeFirst()
      return row && { ...row, role: 'visitor' }
    },

    async report(week: number): Promise<ReportSummary | undefined> {
      const row = await db
        .selectFrom('reports')
        .select(['week', 'title', 'created_at', 'updated_at'])
        .where('week', '=', week)
        .executeTakeFirst()
      return (
        row && {
          ...{ week: row.week, title: row.title, version: row.updated_at },
          createdAt: new Date(row.created_at).toISOString(),
          updatedAt: new Date(row.updated_at).toISOString(),
        }
      )
    },
  }
}

export type DeliveriesStore = ReturnType<typeof createDeliveriesStore>

/** A wait also ends where the clock was set back to before it began. */
const isDue = ({ tried_at, wait }: DeliveryRow, now: number): boolean =>
  tried_at === null || now >= tried_at + wait || now < tried_at
