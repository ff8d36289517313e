import type { Kysely } from 'kysely'

/**
 * Adds what a private conversation has beyond its room: with whom the owner talks, and how far each of the two has read.
 * An older version still runs on this database.
 */
export const conversations = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('conversations')
      .addColumn('room', 'text', (column) => column.primaryKey().references('rooms.name'))
      .addColumn('person_id', 'text', (column) => column.notNull())
      .addColumn('begun_at', 'bigint', (column) => column.notNull())
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .addColumn('owner_read', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('person_read', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema.createIndex('conversations_changed').on('conversations').column('changed_at').execute()
  },
}
