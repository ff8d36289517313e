import type { Insertable, Selectable } from 'kysely'
import type { Role } from '../../contract/index.ts'
import type { Database, PendingPushesTable, PushSubscriptionsTable } from '../../db/tables.ts'
import { putPending } from './put-pending.ts'
import { hasOpenReport, readNoticed } from './read-noticed.ts'
import type { Reason } from './reasons.ts'

export type Subscription = Selectable<PushSubscriptionsTable>
export type NewSubscription = Omit<Insertable<PushSubscriptionsTable>, 'id' | 'is_proven' | 'wait_until'>

/** What waits for a browser, with whose it is. */
export type PendingPush = Omit<Selectable<PendingPushesTable>, 'reason'> & {
  reason: Reason
  subscription: Subscription
}

/** The SQL of the browsers that asked to be told, and of what waits for each of them. */
export function createPushStore(db: Database) {
  return {
    /** Adds a browser, or gives it to who asks now; only the newest `max` of a person remain. */
    add: (subscription: NewSubscription, max: number): Promise<void> =>
      db.transaction().execute(async (tx) => {
        const { endpoint: _, ...changes } = subscription
        await tx
          .insertInto('push_subscriptions')
          .values(subscription)
          .onConflict((conflict) =>
            conflict.column('endpoint').doUpdateSet({ ...changes, is_proven: 0, wait_until: 0 }),
          )
          .execute()
        const rows = await tx
          .selectFrom('push_subscriptions')
          .select('id')
          .where('person_id', '=', subscription.person_id)
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .execute()
        const tooMany = rows.slice(max).map(({ id }) => id)
        if (tooMany.length > 0) await tx.deleteFrom('push_subscriptions').where('id', 'in', tooMany).execute()
      }),

    async removeOwn(personId: string, endpoint: string): Promise<void> {
      await db
        .deleteFrom('push_subscriptions')
        .where('person_id', '=', personId)
        .where('endpoint', '=', endpoint)
        .execute()
    },

    async remove(id: number): Promise<void> {
      await db.deleteFrom('push_subscriptions').where('id', '=', id).execute()
    },

    async removeAllOf(personId: string): Promise<void> {
      await db.deleteFrom('push_subscriptions').where('person_id', '=', personId).execute()
    },

    /** Removes the browsers of those who are neither users nor visitors any more. */
    async removeOrphans(): Promise<void> {
      await db
        .deleteFrom('push_subscriptions')
        .where('person_id', 'not in', db.selectFrom('users').select('id'))
        .where('person_id', 'not in', db.selectFrom('visitors').select('id'))
        .execute()
    },

    of: (personId: string): Promise<Subscription[]> =>
      db.selectFrom('push_subscriptions').selectAll().where('person_id', '=', personId).execute(),

    /** Returns what is due at a time for browsers that are proven or not, the oldest first. */
    async due(now: number, isProven: boolean, limit: number): Promise<PendingPush[]> {
      const rows = await db
        .selectFrom('pending_pushes')
        .innerJoin('push_subscriptions', 'push_subscriptions.id', 'pending_pushes.subscription_id')
        .select(['subscription_id', 'conversation', 'reason', 'message_id', 'made_at', 'due_at'])
        .selectAll('push_subscriptions')
        .where('due_at', '<=', now)
        .where('wait_until', '<=', now)
        .where('is_proven', '=', Number(isProven))
        .orderBy('due_at')
        .limit(limit)
        .execute()
      return rows.map(
        ({ subscription_id, conversation, reason, message_id, made_at, due_at, ...subscription }) => ({
          ...{ subscription_id, conversation, message_id, made_at, due_at, subscription },
          reason: reason as Reason,
        }),
      )
    },

    /** Replaces what waits for the same browsers and conversations. */
    putPending: (rows: Insertable<PendingPushesTable>[]): Promise<void> => putPending(db, rows),

    /** Removes what waits. Returns false if another node was faster, or something newer waits in its place. */
    async take({ subscription_id, conversation, message_id, made_at }: PendingPush): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('pending_pushes')
        .where('subscription_id', '=', subscription_id)
        .where('conversation', '=', conversation)
        .where('message_id', 'is not distinct from', message_id)
        .where('made_at', '=', made_at)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    /** Puts back what was not sent, unless something newer waits in its place. */
    async putBack({ subscription: _, ...row }: PendingPush): Promise<void> {
      await db
        .insertInto('pending_pushes')
        .values(row)
        .onConflict((conflict) => conflict.columns(['subscription_id', 'conversation']).doNothing())
        .execute()
    },

    async postpone({ subscription_id, conversation }: PendingPush, until: number): Promise<void> {
      await db
        .updateTable('pending_pushes')
        .set({ due_at: until })
        .where('subscription_id', '=', subscription_id)
        .where('conversation', '=', conversation)
        .execute()
    },

    /** Notes what became of an attempt to send. */
    async noteAttempt(id: number, isProven: boolean, waitUntil: number): Promise<void> {
      await db
        .updateTable('push_subscriptions')
        .set({ is_proven: Number(isProven), wait_until: waitUntil })
        .where('id', '=', id)
        .execute()
    },

    async roleOf(personId: string): Promise<Role> {
      const user = db.selectFrom('users').select('role').where('id', '=', personId)
      return (await user.executeTakeFirst())?.role ?? 'visitor'
    },

    /** Whether the session still lasts in which somebody asked. */
    async hasSession(id: string, now: number): Promise<boolean> {
      const session = db.selectFrom('sessions').select('id').where('id', '=', id)
      return (await session.where('expires_at', '>', now).executeTakeFirst()) !== undefined
    },

    message: (id: string) => readNoticed(db, id),
    hasOpenReport: (messageId: string) => hasOpenReport(db, messageId),
  }
}

export type PushStore = ReturnType<typeof createPushStore>
