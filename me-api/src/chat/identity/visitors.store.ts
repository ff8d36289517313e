import { type Selectable, sql } from 'kysely'
import { inChunks } from '../../in-chunks.ts'
import type { AlsoStored, Database, VisitorsTable } from '../../db/tables.ts'
import type { Nick } from '../../nicks/nick.ts'

type VisitorRow = Pick<
  Selectable<VisitorsTable>,
  'id' | 'nick' | 'tab' | 'created_at' | 'seen_at' | 'generation'
>

const columns = ['id', 'nick', 'tab', 'created_at', 'seen_at', 'generation'] as const

/** The SQL of visitors: people with a nick and without an account. */
export function createVisitorsStore(db: Database) {
  /**
   * Inserts a visitor, with their person, or updates a visitor's nick; stores the tab if known. A regular
   * keeps the new nick only if it counts as the same as the former one.
   */
  async function save(
    on: Database,
    id: string,
    { nick, key, look }: Nick,
    tab: string | null,
    now: number,
    person: string | null,
  ): Promise<void> {
    const named = { nick, nick_key: key, nick_look: look, seen_at: now }
    await on
      .insertInto('visitors')
      .values({ id, ...named, tab, created_at: now, person })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet(({ and, eb, ref }) => ({
          ...named,
          ...(tab && { tab }),
          nick_kept_until: eb
            .case()
            .when(and([eb('visitors.nick_key', '=', key), eb('visitors.nick_look', '=', look)]))
            .then(ref('visitors.nick_kept_until'))
            .end(),
        })),
      )
      .execute()
  }

  return {
    byId: (id: string): Promise<VisitorRow | undefined> =>
      db.selectFrom('visitors').select(columns).where('id', '=', id).executeTakeFirst(),

    /** Adds a visitor; `also` is stored with them. */
    async add(
      { id, nick, tab, person }: { id: string; nick: Nick; tab: string | null; person: string | null },
      now: number,
      also?: AlsoStored,
    ): Promise<void> {
      if (!also) return save(db, id, nick, tab, now, person)
      await db.transaction().execute(async (tx) => {
        await save(tx, id, nick, tab, now, person)
        await also(tx)
      })
    },

    /** Updates a visitor's nick. */
    rename: (id: string, nick: Nick, now: number): Promise<void> => save(db, id, nick, null, now, null),

    /**
     * Begins a new generation of the visitor's tokens and gives up the nick. A visitor who was deleted meanwhile gets a
     * row again, because their tokens would be valid without one.
     */
    async signOut(id: string, now: number): Promise<void> {
      await db
        .insertInto('visitors')
        .values({ id, nick: '', tab: null, created_at: now, seen_at: now, generation: 1 })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((row) => ({
            generation: row('visitors.generation', '+', 1),
            nick_key: null,
            nick_look: null,
          })),
        )
        .execute()
    },

    /** Returns those of these visitors who have signed out everywhere. */
    async signedOut(ids: string[]): Promise<string[]> {
      const ended: string[] = []
      for (const some of inChunks(ids)) {
        const rows = await db
          .selectFrom('visitors')
          .select('id')
          .where('id', 'in', some)
          .where('generation', '>', 0)
          .execute()
        for (const { id } of rows) ended.push(id)
      }
      return ended
    },

    async saw(ids: string[], now: number): Promise<void> {
      for (const some of inChunks(ids))
        await db.updateTable('visitors').set({ seen_at: now }).where('id', 'in', some).execute()
    },

    /** Returns the visitors seen since a time, without those who have signed out everywhere. */
    seenSince: (time: number): Promise<VisitorRow[]> =>
      db
        .selectFrom('visitors')
        .select(columns)
        .where('seen_at', '>=', time)
        .where('generation', '=', 0)
        .execute(),

    /**
     * Returns when the visitor at position `later`, latest seen first, was last seen; null if there are fewer
     * visitors.
     */
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

    /** Returns a page of the visitors last seen until `time`, the longest unseen first, after the visitor `after`. */
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

    /**
     * Deletes those of these visitors who have no message, as far as messages are kept, were not seen after `time`, and
     * keep no nick. A mute or ban still needs its visitor, and so does the end of a visitor's tokens, which only the row
     * remembers.
     */
    async forgetSilent(ids: string[], time: number): Promise<void> {
      await db
        .deleteFrom('visitors')
        .where('id', 'in', ids)
        .where('seen_at', '<=', time)
        .where((where) =>
          where.or([where('nick_kept_until', 'is', null), where('nick_kept_until', '<=', time)]),
        )
        .where('generation', '=', 0)
        .where(({ and, not, exists, selectFrom }) =>
          and([
            not(
              exists(selectFrom('messages').select('id').whereRef('messages.author_id', '=', 'visitors.id')),
            ),
            not(exists(selectFrom('sanctions').select('nick').whereRef('person_id', '=', 'visitors.id'))),
          ]),
        )
        .execute()
    },

    /**
     * Returns a page of the visitors whose nick has no keys yet, the latest seen first, after the visitor `after`. The
     * condition on the keys uses no index, because the one on `seen_at` gives the order.
     */
    withoutKeys: (
      after: { seen_at: number; id: string },
      limit: number,
    ): Promise<{ id: string; nick: string; seen_at: number }[]> =>
      db
        .selectFrom('visitors')
        .select(['id', 'nick', 'seen_at'])
        .where(sql<boolean>`coalesce(nick_key, '') = ''`)
        .where('generation', '=', 0)
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('seen_at', 'id'), '<', tuple(after.seen_at, after.id)),
        )
        .orderBy('seen_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),

    /** Stores the keys of visitors who still have that nick. */
    async setKeys(visitors: { id: string; nick: Nick }[]): Promise<void> {
      const values = visitors.map(({ id, nick }) => sql`(${id}, ${nick.nick}, ${nick.key}, ${nick.look})`)
      await sql`
        with made (id, nick, nick_key, nick_look) as (values ${sql.join(values)})
        update visitors set nick_key = made.nick_key, nick_look = made.nick_look from made
        where visitors.id = made.id and visitors.nick = made.nick and visitors.nick_key is null
      `.execute(db)
    },
  }
}

export type VisitorsStore = ReturnType<typeof createVisitorsStore>
