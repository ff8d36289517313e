import type { Kysely } from 'kysely'

/** Indexes when an author last edited in a room, for slow mode; few messages are ever edited. */
export const slowEdits = {
  async up(db: Kysely<unknown>): Promise<void> {
    await (db as Kysely<{ messages: { edited_at: number | null } }>).schema
      .createIndex('messages_edited')
      .on('messages')
      .columns(['author_id', 'room', 'edited_at'])
      .where('edited_at', 'is not', null)
      .execute()
  },
}
