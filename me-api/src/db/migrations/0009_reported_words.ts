import { type Kysely, sql } from 'kysely'

/**
 * Stores the reported content with each report. For existing open reports it copies the message, if nobody can have
 * changed it since. Every new column is nullable, so that an older version still runs on this database.
 */
export const reportedWords = {
  async up(db: Kysely<unknown>): Promise<void> {
    // SQLite adds one column at a time.
    await db.schema.alterTable('message_reports').addColumn('text', 'text').execute()
    await db.schema.alterTable('message_reports').addColumn('nick', 'text').execute()
    await db.schema.alterTable('message_reports').addColumn('sent_at', 'bigint').execute()
    const unchanged = sql`
      from messages where messages.id = message_reports.message_id and deleted_at is null
      and (edited_at is null or edited_at < message_reports.at)`
    await sql`
      update message_reports set
        text = (select messages.text ${unchanged}),
        nick = (select messages.nick ${unchanged}),
        sent_at = (select messages.sent_at ${unchanged})
      where dismissed_at is null`.execute(db)
  },
}
