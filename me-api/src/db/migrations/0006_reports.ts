import type { Kysely } from 'kysely'

/** Adds reports of messages, and the addresses at which people were last seen. */
export const reportsOfMessages = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('message_reports')
      .addColumn('message_id', 'text', (column) =>
        column.notNull().references('messages.id').onDelete('cascade'),
      )
      .addColumn('by_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('dismissed_at', 'bigint')
      .addPrimaryKeyConstraint('message_reports_once', ['message_id', 'by_id'])
      .execute()

    await db.schema
      .createTable('places')
      .addColumn('person_id', 'text', (column) => column.primaryKey())
      .addColumn('address_key', 'text', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
