import type { Insertable } from 'kysely'
import type { Database, ModerationLogTable, SanctionRow, Tx } from '../../db/tables.ts'
import type { Role } from '../../contract/index.ts'
import { inChunks } from '../../in-chunks.ts'

/** The most entries of the moderation log in the owner's overview. */
const LINES_SHOWN = 200

/** The SQL of moderation: mutes, bans and the moderation log. */
export function createModerationStore(db: Database) {
  return {
    /**
     * Finds a person: a user, a visitor, a bot, an author who exists only in messages, such as an imported one, or somebody of
     * whom only a mute or ban is left.
     */
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
      const bot = await db.selectFrom('bots').select(['id', 'nick']).where('id', '=', id).executeTakeFirst()
      if (bot) return { ...bot, role: 'bot' }
      const author = await db
        .selectFrom('messages')
        .select(['author_id as id', 'nick'])
        .where('author_id', '=', id)
        .executeTakeFirst()
      if (author) return { ...author, role: 'visitor' }
      const sanctioned = await db
        .selectFrom('sanctions')
        .select(['person_id as id', 'nick'])
        .where('person_id', '=', id)
        .executeTakeFirst()
      return sanctioned && { ...sanctioned, role: 'visitor' }
    },

    /** Returns when a visitor was created, in milliseconds since 1970. */
    async visitorMadeAt(id: string): Promise<number | undefined> {
      const visitor = db.selectFrom('visitors').select('created_at').where('id', '=', id)
      return (await visitor.executeTakeFirst())?.created_at
    },

    /** Whether a person had written before a time, in milliseconds since 1970; deleted messages count. */
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

    /** Returns the stored sanctions of these identities, also those that have ended. */
    async sanctionsOf(ids: string[]): Promise<SanctionRow[]> {
      const rows: SanctionRow[] = []
      for (const some of inChunks(ids))
        rows.push(...(await db.selectFrom('sanctions').selectAll().where('person_id', 'in', some).execute()))
      return rows
    },

    sanctionedAt: (now: number): Promise<SanctionRow[]> =>
      db
        .selectFrom('sanctions')
        .selectAll()
        .where((where) => where.or([where('muted_until', '>', now), where('banned_until', '>', now)]))
        .execute(),

    /** Stores the log entry and the sanctions in one transaction, so that the log misses nothing. */
    async keep(line: Insertable<ModerationLogTable>, sanctions: SanctionRow[]): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await tx.insertInto('moderation_log').values(line).execute()
        for (const sanction of sanctions) await keepSanction(tx, sanction)
      })
    },

    /** Stores a person's mutes and bans for their new identity. */
    carry: (sanction: SanctionRow): Promise<void> => keepSanction(db, sanction),

    lastLines: () =>
      db.selectFrom('moderation_log').selectAll().orderBy('key', 'desc').limit(LINES_SHOWN).execute(),

    /** Deletes sanctions that have ended, and with them the hashes of addresses. */
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

    /**
     * Returns the messages that a person wrote or reacted to, with keys above `from` and up to `to`, in the order of
     * arrival.
     */
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
