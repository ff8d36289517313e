import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'
import { watchTable } from './0012_overwritten.ts'

/** Whose words a receiver's answer may repeat: the tables, their columns, and how a delivery names the row. */
const REPEATED = [
  { table: 'messages', columns: ['nick', 'text'], subject: 'old.id' },
  { table: 'visitors', columns: ['nick'], subject: 'old.id' },
  { table: 'reports', columns: ['title', 'text'], subject: 'cast(old.week as text)' },
] as const

/**
 * Adds webhooks and what is to be delivered to each. What a receiver answered may repeat somebody's words: it goes in the
 * same transaction in which those are edited, erased or removed, whichever program does that. An older version still runs
 * on this database.
 */
export const webhooksOf = (kind: DatabaseKind) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('webhooks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('format', 'text', (column) => column.notNull())
      .addColumn('events', 'text', (column) => column.notNull())
      .addColumn('rooms', 'text')
      .addColumn('secret', 'text', (column) => column.notNull())
      .addColumn('origin', 'text', (column) => column.notNull())
      .addColumn('off', 'text')
      .addColumn('failing_since', 'bigint')
      .addColumn('failures', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('webhook_deliveries')
      .addColumn('key', kind === 'sqlite' ? sql`integer primary key` : sql`bigserial primary key`)
      .addColumn('id', 'text', (column) => column.notNull().unique())
      // No foreign key: a webhook that another node has just removed must not make a message fail.
      .addColumn('webhook_id', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('subject', 'text')
      .addColumn('rev', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('made_at', 'bigint', (column) => column.notNull())
      .addColumn('is_single', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('status', 'text', (column) => column.notNull().defaultTo('pending'))
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('tried_at', 'bigint')
      .addColumn('wait', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('answer_status', 'integer')
      .addColumn('answer', 'text')
      .addColumn('error', 'text')
      .execute()
    await db.schema
      .createIndex('webhook_deliveries_pending')
      .on('webhook_deliveries')
      .columns(['webhook_id', 'is_single', 'key'])
      .where(sql<string>`status`, '=', sql.lit('pending'))
      .execute()
    await db.schema
      .createIndex('webhook_deliveries_webhook')
      .on('webhook_deliveries')
      .columns(['webhook_id', 'key'])
      .execute()
    await db.schema
      .createIndex('webhook_deliveries_subject')
      .on('webhook_deliveries')
      .column('subject')
      .execute()
    for (const statement of triggers[kind]()) await sql.raw(statement).execute(db)
    await watchTable(db, kind, 'webhooks', ['url', 'secret'])
    await watchTable(db, kind, 'webhook_deliveries', [])
  },
})

const clear = (subject: string): string =>
  `update webhook_deliveries set answer = null where subject = ${subject} and answer is not null`

const differs = (columns: readonly string[], how: string): string =>
  columns.map((column) => `old.${column} ${how} new.${column}`).join(' or ')

/** Clears answers, and notes those that are overwritten, see db/scrub.ts. */
const triggers: Record<DatabaseKind, () => string[]> = {
  sqlite: () => [
    ...REPEATED.flatMap(({ table, columns, subject }) => [
      `create trigger ${table}_unanswered after update of ${columns.join(', ')} on ${table}
         for each row when ${differs(columns, 'is not')} begin ${clear(subject)}; end`,
      `create trigger ${table}_unanswered_removed after delete on ${table} begin ${clear(subject)}; end`,
    ]),
    `create trigger webhook_deliveries_overwritten after update of answer on webhook_deliveries
       for each row when old.answer is not null and old.answer is not new.answer begin
         delete from overwritten where table_name = 'webhook_deliveries';
         insert into overwritten (table_name) values ('webhook_deliveries');
       end`,
  ],
  postgres: () => [
    ...REPEATED.flatMap(({ table, columns, subject }) => [
      `create function ${table}_unanswered() returns trigger language plpgsql as $$
         begin ${clear(subject)}; return null; end $$`,
      `create trigger ${table}_unanswered after update of ${columns.join(', ')} on ${table}
         for each row when (${differs(columns, 'is distinct from')}) execute function ${table}_unanswered()`,
      `create trigger ${table}_unanswered_removed after delete on ${table}
         for each row execute function ${table}_unanswered()`,
    ]),
    `create trigger webhook_deliveries_overwritten after update of answer on webhook_deliveries
       for each row when (old.answer is not null and old.answer is distinct from new.answer)
       execute function note_overwritten()`,
  ],
}
