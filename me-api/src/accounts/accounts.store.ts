import type { Insertable } from 'kysely'
import type { Nick } from '../chat/nick.ts'
import type { Database, SessionRow, UserRow, UsersTable } from '../db/tables.ts'

type SessionTimes = Pick<SessionRow, 'created_at' | 'used_at' | 'expires_at'>

/** The SQL of users and their sessions. */
export function createAccountsStore(db: Database) {
  return {
    byEmail: (email: string): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst(),

    byId: (id: string): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst(),

    /** The user who owns a nick that is the same as this one. */
    byNick: ({ key, look }: Nick): Promise<UserRow | undefined> =>
      db
        .selectFrom('users')
        .selectAll()
        .where((where) => where.or([where('nick_key', '=', key), where('nick_look', '=', look)]))
        .executeTakeFirst(),

    owner: (): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where('role', '=', 'owner').executeTakeFirst(),

    /** Answers false where the e-mail or the nick is another's. */
    async insert(user: Insertable<UsersTable>): Promise<boolean> {
      const result = await db
        .insertInto('users')
        .values(user)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async update(id: string, changes: Partial<Insertable<UsersTable>>): Promise<void> {
      await db.updateTable('users').set(changes).where('id', '=', id).execute()
    },

    async openSession(session: SessionRow): Promise<void> {
      await db.deleteFrom('sessions').where('expires_at', '<', session.created_at).execute()
      await db.insertInto('sessions').values(session).execute()
    },

    /** A session that is neither ended nor expired, and its user. */
    async bySession(id: string, now: number): Promise<{ session: SessionTimes; user: UserRow } | null> {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .selectAll('users')
        .select(['sessions.created_at as opened_at', 'used_at', 'expires_at'])
        .where('sessions.id', '=', id)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      if (!row) return null
      const { opened_at, used_at, expires_at, ...user } = row
      return { session: { created_at: opened_at, used_at, expires_at }, user }
    },

    async useSession(id: string, now: number, expiresAt: number): Promise<void> {
      await db
        .updateTable('sessions')
        .set({ used_at: now, expires_at: expiresAt })
        .where('id', '=', id)
        .execute()
    },

    /** The last used first. */
    sessionsOf: (userId: string, now: number): Promise<SessionRow[]> =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .orderBy('used_at', 'desc')
        .orderBy('created_at', 'desc')
        .execute(),

    async endSession(id: string): Promise<void> {
      await db.deleteFrom('sessions').where('id', '=', id).execute()
    },

    /** Ends every session of a user but `kept`; answers those it ended. */
    async endSessions(userId: string, kept: string | null): Promise<string[]> {
      let query = db.deleteFrom('sessions').where('user_id', '=', userId)
      if (kept) query = query.where('id', '!=', kept)
      const ended = await query.returning('id').execute()
      return ended.map(({ id }) => id)
    },
  }
}

export type AccountsStore = ReturnType<typeof createAccountsStore>
