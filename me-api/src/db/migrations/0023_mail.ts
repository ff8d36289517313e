import type { Kysely } from 'kysely'

/**
 * Adds mails about the chat: a user's settings, what waits to be told, and how often all sessions of a user were ended,
 * which ends the links in mails.
 */
export const mail = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('mail_settings')
      .addColumn('user_id', 'text', (column) =>
        column.primaryKey().references('users.id').onDelete('cascade'),
      )
      .addColumn('is_on', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('language', 'text')
      .addColumn('origin', 'text')
      .addColumn('sent_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('wait_until', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('pending_mails')
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('conversation', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('noted_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('pending_mails_key', ['user_id', 'conversation', 'message_id'])
      .execute()
    await db.schema
      .createTable('session_resets')
      .addColumn('user_id', 'text', (column) =>
        column.primaryKey().references('users.id').onDelete('cascade'),
      )
      .addColumn('count', 'integer', (column) => column.notNull())
      .execute()
  },
}
