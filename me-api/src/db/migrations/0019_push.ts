import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'

/**
 * Adds web push: this installation's keys, the browsers that asked, what waits to be sent to each of them, and how far each
 * room has been looked through.
 */
export const pushOf = (kind: DatabaseKind) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('push_keys')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('public_key', 'text', (column) => column.notNull())
      .addColumn('private_key', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('push_subscriptions')
      .addColumn('id', kind === 'sqlite' ? sql`integer primary key` : sql`bigserial primary key`)
      .addColumn('endpoint', 'text', (column) => column.notNull().unique())
      .addColumn('p256dh', 'text', (column) => column.notNull())
      .addColumn('auth', 'text', (column) => column.notNull())
      .addColumn('person_id', 'text', (column) => column.notNull())
      .addColumn('session_id', 'text', (column) => column.references('sessions.id').onDelete('cascade'))
      .addColumn('language', 'text', (column) => column.notNull())
      .addColumn('origin', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('is_proven', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('wait_until', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    for (const column of ['person_id', 'session_id'])
      await db.schema
        .createIndex(`push_subscriptions_${column}`)
        .on('push_subscriptions')
        .column(column)
        .execute()
    await db.schema
      .createTable('pending_pushes')
      .addColumn('subscription_id', 'bigint', (column) =>
        column.notNull().references('push_subscriptions.id').onDelete('cascade'),
      )
      .addColumn('conversation', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text')
      .addColumn('made_at', 'bigint', (column) => column.notNull())
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('pending_pushes_key', ['subscription_id', 'conversation'])
      .execute()
    await db.schema.createIndex('pending_pushes_due').on('pending_pushes').column('due_at').execute()
    await db.schema
      .createTable('push_progress')
      .addColumn('room', 'text', (column) => column.primaryKey())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .execute()
  },
})
