import type { Kysely } from 'kysely'

/** Indexes visitors by when they were last seen, for the start and for the deletion of those who never wrote. */
export const visitorsSeen = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createIndex('visitors_seen').on('visitors').columns(['seen_at', 'id']).execute()
  },
}
