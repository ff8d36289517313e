import type { Insertable } from 'kysely'
import type { Database, ModerationLogTable, SanctionRow } from '../db/tables.ts'
import type { Role } from '../contract/index.ts'

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

    sanctionedAt: (now: number): Promise<SanctionRow[]> =>
      db
        .selectFrom('sanctions')
        .selectAll()
        .where((where) => where.or([where('muted_until', '>', now), where('banned_until', '>', now)]))
        .execute(),

    /** Both or neither: nothing is done that the log does not know. */
    async keep(line: Insertable<ModerationLogTable>, sanction: SanctionRow | null): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await tx.insertInto('moderation_log').values(line).execute()
        if (!sanction) return
        const { person_id: _, ...changes } = sanction
        await tx
          .insertInto('sanctions')
          .values(sanction)
          .onConflict((conflict) => conflict.column('person_id').doUpdateSet(changes))
          .execute()
      })
    },

    lastLines: () =>
      db.selectFrom('moderation_log').selectAll().orderBy('key', 'desc').limit(LINES_SHOWN).execute(),

    /** What somebody wrote after that message and has not been deleted, in the order of arrival. */
    writtenBy: (authorId: string, after: number, limit: number): Promise<{ key: number; id: string }[]> =>
      db
        .selectFrom('messages')
        .select(['key', 'id'])
        .where('author_id', '=', authorId)
        .where('key', '>', after)
        .where('deleted_at', 'is', null)
        .orderBy('key')
        .limit(limit)
        .execute(),
  }
}

export type ModerationStore = ReturnType<typeof createModerationStore>
