import type { Kysely } from 'kysely'

/**
 * Adds the page and passage that a message is about, and finds the answers to a message. An older version still runs on
 * this database.
 */
export const about = {
  async up(db: Kysely<unknown>): Promise<void> {
    // SQLite adds one column at a time.
    await db.schema.alterTable('messages').addColumn('about_path', 'text').execute()
    await db.schema.alterTable('messages').addColumn('about', 'text').execute()
    await db.schema
      .createIndex('messages_about')
      .on('messages')
      .column('about_path')
      .where('about_path', 'is not', null)
      .execute()
    await db.schema
      .createIndex('messages_reply_to')
      .on('messages')
      .column('reply_to')
      .where('reply_to', 'is not', null)
      .execute()
  },
}
