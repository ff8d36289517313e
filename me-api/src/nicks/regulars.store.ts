import { sql } from 'kysely'
import { runCompiled } from '../db/run-compiled.ts'
import type { Database } from '../db/tables.ts'
import type { Nick } from './nick.ts'
import { hasSameNick } from './same-nick.ts'

const DAY = 24 * 3_600_000

/** A visitor who keeps a nick, and the hash of their tab, see `VisitorsTable`. */
type Keeper = { id: string; nick: string; tab: string | null }

/** The SQL of regulars. */
export function createRegularsStore(db: Database) {
  /** The visitors who keep this nick, or one that counts as the same, until a time between these two. */
  const keepers = (nick: Nick, after: number, upTo: number) =>
    db
      .selectFrom('visitors')
      .where(hasSameNick(nick))
      .where('nick_kept_until', '>', after)
      .where('nick_kept_until', '<=', upTo)
      // Nobody has a valid token of a visitor who has signed out everywhere.
      .where('generation', '=', 0)

  return {
    keepersOf: (nick: Nick, after: number, upTo: number): Promise<Keeper[]> =>
      runCompiled(db, 'find who keeps a nick', [nick.key, nick.look, after, upTo, 0], () =>
        keepers(nick, after, upTo).select(['id', 'nick', 'tab']),
      ),

    /**
     * Returns the days, in days since 1970, on which these visitors wrote under the nick that they have, between two
     * times.
     */
    daysWritten: (ids: string[], after: number, upTo: number): Promise<{ id: string; day: number }[]> =>
      db
        .selectFrom('visitors')
        .innerJoin('messages', (join) =>
          join.onRef('messages.author_id', '=', 'visitors.id').onRef('messages.nick', '=', 'visitors.nick'),
        )
        .select(['visitors.id', sql<number>`messages.sent_at / ${sql.lit(DAY)}`.as('day')])
        .distinct()
        .where('visitors.id', 'in', ids)
        // The index begins with the room: with all rooms named it serves the time too.
        .where('messages.room', 'in', db.selectFrom('rooms').select('name'))
        .where('messages.sent_at', '>', after)
        .where('messages.sent_at', '<=', upTo)
        .execute(),

    /**
     * Notes until when a visitor keeps a nick, if it is still theirs, nobody else keeps it, until a time between `after`
     * and `upTo`, and no user has it.
     */
    async keep(id: string, nick: Nick, until: number, after: number, upTo: number): Promise<void> {
      const others = keepers(nick, after, upTo).select('id').where('id', '!=', id)
      const users = db.selectFrom('users').select('id').where(hasSameNick(nick))
      await db
        .updateTable('visitors')
        .set({ nick_key: nick.key, nick_look: nick.look, nick_kept_until: until })
        .where('id', '=', id)
        .where('nick', '=', nick.nick)
        .where('generation', '=', 0)
        .where(({ not, exists }) => not(exists(others)))
        .where(({ not, exists }) => not(exists(users)))
        .execute()
    },
  }
}

export type RegularsStore = ReturnType<typeof createRegularsStore>
