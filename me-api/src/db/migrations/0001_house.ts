import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'

export const houseOf = (kind: DatabaseKind) => ({ up: (db: Kysely<unknown>) => buildHouse(db, kind) })

async function buildHouse(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('presentation')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('headline', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('html', 'text', (column) => column.notNull())
    .addColumn('links', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('reports')
    .addColumn('week', 'integer', (column) => column.primaryKey())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('html', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('email', 'text', (column) => column.notNull().unique())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('nick', 'text', (column) => column.notNull())
    .addColumn('nick_key', 'text', (column) => column.notNull().unique())
    .addColumn('nick_look', 'text', (column) => column.notNull().unique())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('sessions_user').on('sessions').column('user_id').execute()

  await db.schema
    .createTable('rooms')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('locked', 'smallint', (column) => column.notNull().defaultTo(0))
    .addColumn('slow_seconds', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('seq', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('rev', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('floor', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('removed_at', 'bigint')
    .execute()

  await db.schema
    .createTable('messages')
    .addColumn('key', kind === 'sqlite' ? sql`integer primary key` : sql`bigserial primary key`)
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('room', 'text', (column) => column.notNull().references('rooms.name'))
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('rev', 'bigint', (column) => column.notNull())
    .addColumn('author_id', 'text', (column) => column.notNull())
    .addColumn('nick', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('sent_at', 'bigint', (column) => column.notNull())
    .addColumn('edited_at', 'bigint')
    .addColumn('deleted_at', 'bigint')
    .addColumn('reply_to', 'text')
    .addColumn('reactions', 'text')
    .addUniqueConstraint('messages_place', ['room', 'seq'])
    .execute()
  await db.schema.createIndex('messages_change').on('messages').columns(['room', 'rev']).execute()
  await db.schema.createIndex('messages_time').on('messages').columns(['room', 'sent_at']).execute()

  await db.schema
    .createIndex('messages_author')
    .on('messages')
    .columns(['author_id', 'room', 'sent_at'])
    .execute()

  await db.schema
    .createTable('visitors')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('nick', 'text', (column) => column.notNull())
    .addColumn('tab', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute()

  await (db as Kysely<{ rooms: { name: string; title: string } }>)
    .insertInto('rooms')
    .values({ name: 'lobby', title: 'Lobby' })
    .execute()
}
