import type { Insertable } from 'kysely'
import type { Database, ModerationLogTable, SanctionRow, Tx } from '../../db/tables.ts'
import type { Role } from '../../contract/index.ts'

/** Lines of the log that the owner is shown. */
const LINES_SHOWN = 200

/** The SQL of moderation: who is muted or banned, and the log of what was done. */
export function createModerationStore(db: Database) {
  return {
    /** Somebody with an account, a visitor, or who has only left messages behind, as imported authors have. */
    async person(id: string): Promise<{ id: string; nick: string; role: Role } | undefined> {
      const user = await db
        .selectFrom('users')
        .select(['id', 'nick', 'role'])
        .where('id', '=', id)
        .executeTakeFirst()
      if (user) return user
      const visitor = await db
        .selectFrom('visitors')
        .select(['id', 'nick'])
        .where('id', '=', id)
        .executeTakeFirst()
      if (visitor) return { ...visitor, role: 'visitor' }
      const author = await db
        .selectFrom('messages')
        .select(['author_id as id', 'nick'])
        .where('author_id', '=', id)
        .executeTakeFirst()
      return author && { ...author, role: 'visitor' }
    },

    /** When a visitor was made, in milliseconds since 1970. */
    async visitorMadeAt(id: string): Promise<number | undefined> {
      const visitor = db.selectFrom('visitors').select('created_at').where('id', '=', id)
      return (await visitor.executeTakeFirst())?.created_at
    },

    /** Whether somebody had written before a time, in milliseconds since 1970; what was deleted counts too. */
    async wroteBefore(id: string, time: number): Promise<boolean> {
      const message = await db
        .selectFrom('messages')
        .select('id')
        .where('author_id', '=', id)
        .where('sent_at', '<', time)
        .limit(1)
        .executeTakeFirst()
      return message !== undefined
    },

    sanctionedAt: (now: number): Promise<SanctionRow[]> =>
      db
        .selectFrom('sanctions')
        .selectAll()
        .where((where) => where.or([where('muted_until', '>', now), where('banned_until', '>', now)]))
        .execute(),

    /** Both or neither: nothing is done that the log does not know. */
    async keep(line: Insertable<ModerationLogTable>, sanctions: SanctionRow[]): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await tx.insertInto('moderation_log').values(line).execute()
        for (const sanction of sanctions) await keepSanction(tx, sanction)
      })
    },

    /** Stores the mutes and bans of a person for their new identity. */
    carry: (sanction: SanctionRow): Promise<void> => keepSanction(db, sanction),

    lastLines: () =>
      db.selectFrom('moderation_log').selectAll().orderBy('key', 'desc').limit(LINES_SHOWN).execute(),

    /** Forgets sanctions that have ended, and with them where the banned ones came from. */
    async forgetEnded(now: number): Promise<void> {
      await db
        .deleteFrom('sanctions')
        .where('muted_until', '<=', now)
        .where('banned_until', '<=', now)
        .execute()
      await db
        .updateTable('sanctions')
        .set({ address_key: null, address_key_56: null, address_key_48: null, closed_bits: null })
        .where('banned_until', '<=', now)
        .where('address_key', 'is not', null)
        .execute()
    },

    /** The last message's key, over all rooms. */
    async lastKey(): Promise<number> {
      const { key } = await db
        .selectFrom('messages')
        .select((column) => column.fn.max('key').as('key'))
        .executeTakeFirstOrThrow()
      return Number(key ?? 0)
    },

    /** Messages that somebody wrote or put a sign on, with keys over `from` and up to `to`, in the order of arrival. */
    async tracesOf(personId: string, from: number, to: number): Promise<string[]> {
      const rows = await db
        .selectFrom('messages')
        .select('id')
        .where('key', '>', from)
        .where('key', '<=', to)
        .where('deleted_at', 'is', null)
        .where((where) =>
          where.or([where('author_id', '=', personId), where('reactions', 'like', `%"${personId}"%`)]),
        )
        .orderBy('key')
        .execute()
      return rows.map(({ id }) => id)
    },
  }
}

async function keepSanction(db: Database | Tx, sanction: SanctionRow): Promise<void> {
  const { person_id: _, ...changes } = sanction
  await db
    .insertInto('sanctions')
    .values(sanction)
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(changes))
    .execute()
}

export type ModerationStore = ReturnType<typeof createModerationStore>
