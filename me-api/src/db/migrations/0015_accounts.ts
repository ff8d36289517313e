import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'
import { makeAppendOnly } from './0003_moderation.ts'
import { watchTable } from './0012_overwritten.ts'

/**
 * Adds what members and the owner can do with accounts: links to set a password and to register, passkeys, names of
 * sessions and when they last proved themselves, the log of the owner's account, accounts that are being left; and of
 * visitors the generation of their tokens, the keys of their nick and until when they keep it. Every new column is
 * nullable or has a default, so that an older version still runs on this database.
 */
export const accountsOf = (kind: DatabaseKind) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const add = (table: string) => db.schema.alterTable(table)
    // SQLite adds one column at a time.
    await add('sessions').addColumn('name', 'text').execute()
    await add('sessions')
      .addColumn('proved_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await sql`update sessions set proved_at = created_at`.execute(db)
    await add('visitors')
      .addColumn('generation', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await add('visitors').addColumn('nick_kept_until', 'bigint').execute()
    for (const column of ['nick_key', 'nick_look']) {
      await add('visitors').addColumn(column, 'text').execute()
      // Of many visitors of one nick at most one keeps it.
      await db.schema
        .createIndex(`visitors_${column}`)
        .on('visitors')
        .columns([column, 'nick_kept_until'])
        .execute()
    }

    await db.schema
      .createTable('one_time_links')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('passkeys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('public_key', 'text', (column) => column.notNull())
      .addColumn('counter', 'bigint', (column) => column.notNull())
      .addColumn('transports', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint')
      .execute()
    await db.schema.createIndex('passkeys_user').on('passkeys').column('user_id').execute()
    await db.schema
      .createTable('account_log')
      .addColumn('key', kind === 'sqlite' ? sql`integer primary key` : sql`bigserial primary key`)
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('by_id', 'text', (column) => column.notNull())
      .addColumn('by_nick', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('subject', 'text')
      .execute()
    await db.schema
      .createTable('departures')
      .addColumn('author_id', 'text', (column) => column.primaryKey())
      .addColumn('words', 'text', (column) => column.notNull())
      .addColumn('by_owner', 'integer', (column) => column.notNull())
      .addColumn('left_at', 'bigint', (column) => column.notNull())
      .execute()
    // Not a column of users: PostgreSQL would copy the whole row at each use, with the password's hash.
    await db.schema
      .createTable('last_uses')
      .addColumn('user_id', 'text', (column) =>
        column.primaryKey().references('users.id').onDelete('cascade'),
      )
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await makeAppendOnly(db, kind, 'account_log', 'log of the account')
    for (const table of ['one_time_links', 'departures']) await watchTable(db, kind, table, [])
    await watchTable(db, kind, 'passkeys', ['name'])
  },
})
