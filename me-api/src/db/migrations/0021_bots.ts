import type { Kysely } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'
import { watchTable } from './0012_overwritten.ts'

/** Adds bots: programs that write in the chat. An older version, to which they are nobody, still runs on this database. */
export const botsOf = (kind: DatabaseKind) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('bots')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('nick', 'text', (column) => column.notNull())
      .addColumn('nick_key', 'text', (column) => column.notNull().unique())
      .addColumn('nick_look', 'text', (column) => column.notNull().unique())
      .addColumn('rooms', 'text')
      .addColumn('token_hash', 'text', (column) => column.notNull().unique())
      .addColumn('secret', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute()
    await watchTable(db, kind, 'bots', ['nick', 'token_hash', 'secret'])
  },
})
