import { type Kysely, sql } from 'kysely'

/**
 * Adds what several nodes have to decide in the database: who holds a nick, what may be used only once and was, and the
 * time of a room's last message. An older version still runs on this database.
 */
export const nodes = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('nick_holds')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('holder', 'text', (column) => column.notNull())
      .addColumn('nick', 'text')
      .addColumn('tab', 'text')
      .addColumn('is_former', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('held_until', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('claims', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('claimed_until', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema.createIndex('nick_holds_holder').on('nick_holds').column('holder').execute()
    await db.schema
      .createTable('used_once')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('kept_until', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('used_once_end').on('used_once').column('kept_until').execute()
    await db.schema
      .alterTable('rooms')
      .addColumn('last_sent_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await sql`
      update rooms
      set last_sent_at = coalesce((select max(sent_at) from messages where messages.room = rooms.name), 0)
    `.execute(db)
  },
}
