import type { Database } from '../db/tables.ts'

export type VisitorRow = { id: string; nick: string; tab: string | null; created_at: number; seen_at: number }

/** The SQL of those who have a nick and no account. */
export function createVisitorsStore(db: Database) {
  return {
    byId: (id: string): Promise<VisitorRow | undefined> =>
      db
        .selectFrom('visitors')
        .select(['id', 'nick', 'tab', 'created_at', 'seen_at'])
        .where('id', '=', id)
        .executeTakeFirst(),

    /** Keeps a visitor's nick, new or changed, and the tab where one is known. */
    async save(id: string, nick: string, tab: string | null, now: number): Promise<void> {
      await db
        .insertInto('visitors')
        .values({ id, nick, tab, created_at: now, seen_at: now })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({ nick, seen_at: now, ...(tab && { tab }) }),
        )
        .execute()
    },

    async saw(ids: string[], now: number): Promise<void> {
      if (ids.length > 0)
        await db.updateTable('visitors').set({ seen_at: now }).where('id', 'in', ids).execute()
    },

    seenSince: (time: number): Promise<VisitorRow[]> =>
      db
        .selectFrom('visitors')
        .select(['id', 'nick', 'tab', 'created_at', 'seen_at'])
        .where('seen_at', '>=', time)
        .execute(),
  }
}

export type VisitorsStore = ReturnType<typeof createVisitorsStore>
