import type { Insertable, Selectable, Updateable } from 'kysely'
import type { WebhookEvent, WebhookOff } from '../../contract/index.ts'
import type { Database, WebhooksTable } from '../../db/tables.ts'
import { readChosenRooms } from '../rooms/chosen-rooms.ts'

export type WebhookRow = Selectable<WebhooksTable>
/** A webhook that is on, as far as it says of what it is told. */
export type Listener = { id: string; events: Set<WebhookEvent>; rooms: Set<string> | null }

/** What a webhook is once it works, or is on again. */
const WORKING = { failing_since: null, failures: 0 }

/** The SQL of webhooks. */
export function createWebhooksStore(db: Database) {
  return {
    async listeners(): Promise<Listener[]> {
      const rows = await db
        .selectFrom('webhooks')
        .select(['id', 'events', 'rooms'])
        .where('off', 'is', null)
        .execute()
      return rows.map(({ id, events, rooms }) => ({
        id,
        events: new Set(eventsOf({ events })),
        rooms: rooms === null ? null : new Set(readChosenRooms(rooms)),
      }))
    },

    list: (): Promise<WebhookRow[]> =>
      db.selectFrom('webhooks').selectAll().orderBy('created_at').orderBy('id').execute(),

    find: (id: string): Promise<WebhookRow | undefined> =>
      db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst(),

    /** Returns false if there are as many as there may be. */
    add: (webhook: Insertable<WebhooksTable>, max: number): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        const { count } = await tx
          .selectFrom('webhooks')
          .select((column) => column.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
        if (Number(count) >= max) return false
        await tx.insertInto('webhooks').values(webhook).execute()
        return true
      }),

    /** Returns undefined if there is no such webhook. */
    update: (id: string, changes: Updateable<WebhooksTable>): Promise<WebhookRow | undefined> =>
      db.updateTable('webhooks').set(changes).where('id', '=', id).returningAll().executeTakeFirst(),

    /** Removes a webhook with what waits for it, and its log. Returns the row it had. */
    remove: (id: string): Promise<WebhookRow | undefined> =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom('webhook_deliveries').where('webhook_id', '=', id).execute()
        return tx.deleteFrom('webhooks').where('id', '=', id).returningAll().executeTakeFirst()
      }),

    /** Notes that a webhook's receiver has taken something. */
    async succeeded(id: string): Promise<void> {
      await db.updateTable('webhooks').set(WORKING).where('id', '=', id).where('failures', '>', 0).execute()
    },

    /** Notes one more failure; returns since when it fails, by this clock, and how often. */
    async failed(id: string, now: number): Promise<{ since: number; failures: number }> {
      const row = await db
        .updateTable('webhooks')
        .set(({ fn, val, case: when, ref, eb }) => ({
          failures: eb('failures', '+', 1),
          // A later time is from before the clock was set back.
          failing_since: when()
            .when(fn.coalesce(ref('failing_since'), val(now)), '<', now)
            .then(ref('failing_since'))
            .else(now)
            .end(),
        }))
        .where('id', '=', id)
        .returning(['failing_since', 'failures'])
        .executeTakeFirst()
      return { since: Number(row?.failing_since ?? now), failures: row?.failures ?? 0 }
    },

    /** Switches a webhook off. Returns false if it was off, or is gone. */
    async switchOff(id: string, off: WebhookOff): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('webhooks')
        .set({ off })
        .where('id', '=', id)
        .where('off', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}

export type WebhooksStore = ReturnType<typeof createWebhooksStore>

/** Reads the names of a webhook's events. */
export const eventsOf = ({ events }: Pick<WebhookRow, 'events'>): WebhookEvent[] =>
  JSON.parse(events) as WebhookEvent[]
