import type { Kysely } from 'kysely'

/** Visitors are found by when they were last seen: at the start, and to forget those who never wrote. */
export const visitorsSeen = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createIndex('visitors_seen').on('visitors').columns(['seen_at', 'id']).execute()
  },
}
