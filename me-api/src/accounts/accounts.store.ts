import type { Insertable } from 'kysely'
import type { Nick } from '../chat/nick.ts'
import type { Database, UserRow, UsersTable } from '../db/tables.ts'

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

    async openSession(session: {
      id: string
      user_id: string
      created_at: number
      expires_at: number
    }): Promise<void> {
      await db.deleteFrom('sessions').where('expires_at', '<', session.created_at).execute()
      await db.insertInto('sessions').values(session).execute()
    },

    /** The user of a session that is neither ended nor expired. */
    bySession: (id: string, now: number): Promise<UserRow | undefined> =>
      db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .selectAll('users')
        .where('sessions.id', '=', id)
        .where('sessions.expires_at', '>', now)
        .executeTakeFirst(),

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
