import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'

/**
 * A name for this installation, made once, so that all nodes of one database agree on it and a restored backup has it
 * too; and sessions that know when they were used, by what kind of browser. The sessions before it end: their tokens
 * name no installation.
 */
export const sessions = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('installation')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .execute()
    await (db as Kysely<{ installation: { id: number; name: string } }>)
      .insertInto('installation')
      .values({ id: 1, name: randomUUID() })
      .execute()

    await db.schema.dropTable('sessions').execute()
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('browser', 'text')
      .addColumn('system', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('sessions_user').on('sessions').column('user_id').execute()
  },
}
