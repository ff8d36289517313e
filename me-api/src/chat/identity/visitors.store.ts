import type { Database } from '../../db/tables.ts'

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

    /** Keeps a visitor's nick, new or changed, and the tab where one is known; of a new one, whose it is. */
    async save(
      id: string,
      nick: string,
      tab: string | null,
      now: number,
      person: string | null = null,
    ): Promise<void> {
      await db
        .insertInto('visitors')
        .values({ id, nick, tab, created_at: now, seen_at: now, person })
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

    /** When the visitor was seen who comes after so many that were seen later; null where there are no more than those. */
    async lastSeenOf(later: number): Promise<number | null> {
      const row = await db
        .selectFrom('visitors')
        .select('seen_at')
        .orderBy('seen_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .offset(later)
        .executeTakeFirst()
      return row?.seen_at ?? null
    },

    /** Those last seen at that time or before, the longest ago first, from after that one on. */
    seenBefore: (
      time: number,
      after: { seen_at: number; id: string },
      limit: number,
    ): Promise<{ seen_at: number; id: string }[]> =>
      db
        .selectFrom('visitors')
        .select(['seen_at', 'id'])
        .where('seen_at', '<=', time)
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('seen_at', 'id'), '>', tuple(after.seen_at, after.id)),
        )
        .orderBy('seen_at')
        .orderBy('id')
        .limit(limit)
        .execute(),

    /** Forgets those of them who have no message in any room, and were not seen since. */
    async forgetSilent(ids: string[], time: number): Promise<void> {
      await db
        .deleteFrom('visitors')
        .where('id', 'in', ids)
        .where('seen_at', '<=', time)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('messages').select('id').whereRef('messages.author_id', '=', 'visitors.id'))),
        )
        .execute()
    },
  }
}

export type VisitorsStore = ReturnType<typeof createVisitorsStore>
