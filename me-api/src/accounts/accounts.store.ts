import { type Insertable, SqliteAdapter } from 'kysely'
import type { Nick } from '../nicks/nick.ts'
import type { Database, SessionRow, UserRow, UsersTable } from '../db/tables.ts'
import { type TwoFactorStore, createTwoFactorStore } from './two-factor.store.ts'

/** What a sign-in has verified: the password's hash, and since when the second step is on, null where it is off. */
type Verified = { passwordHash: string; secondStepSince: number | null }

/** The user of a transaction, the session that must still exist, and the hash that must still be theirs. */
type Holder = { userId: string; sessionId?: string; passwordHash?: string }

/** The stores as they are within one transaction. */
export type Stores = { accounts: ReturnType<typeof statementsOf>; twoFactorStore: TwoFactorStore }

type SessionTimes = Pick<SessionRow, 'created_at' | 'used_at' | 'expires_at'>

/** The SQL of users and their sessions, a statement each. */
function statementsOf(db: Database) {
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
      db.selectFrom('users').selectAll().where('role', '=', 'owner').limit(1).executeTakeFirst(),

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

    /** Keeps a stronger hash of the same password, unless the password was changed meanwhile. */
    async rehash({ id, password_hash }: UserRow, stronger: string): Promise<void> {
      await db
        .updateTable('users')
        .set({ password_hash: stronger })
        .where('id', '=', id)
        .where('password_hash', '=', password_hash)
        .execute()
    },

    async endExpired(now: number): Promise<void> {
      await db.deleteFrom('sessions').where('expires_at', '<', now).execute()
    },

    async insertSession(session: SessionRow): Promise<void> {
      await db.insertInto('sessions').values(session).execute()
    },

    async hasSession(id: string): Promise<boolean> {
      const row = await db.selectFrom('sessions').select('id').where('id', '=', id).executeTakeFirst()
      return row !== undefined
    },

    /** Ends the longest unused of a user's sessions beyond `max`, but never this one. Answers the ids of those ended. */
    async endLongestUnused({ id, user_id }: SessionRow, max: number): Promise<string[]> {
      const kept = db
        .selectFrom('sessions')
        .select('id')
        .where('user_id', '=', user_id)
        .where('id', '!=', id)
        .orderBy('used_at', 'desc')
        .orderBy('created_at', 'desc')
        .limit(max - 1)
      const ended = await db
        .deleteFrom('sessions')
        .where('user_id', '=', user_id)
        .where('id', '!=', id)
        .where('id', 'not in', kept)
        .returning('id')
        .execute()
      return ended.map((session) => session.id)
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

/** The SQL of users and their sessions, with the transactions that open a session or change how a user signs in. */
export function createAccountsStore(db: Database) {
  const statements = statementsOf(db)
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter

  /**
   * Runs `act` in one transaction that locks the user's row, so that sign-ins and changes of the password or the second
   * step are serialised. Answers null without calling `act` where the session has ended or the password has changed.
   */
  const holding = <Result>(
    { userId, sessionId, passwordHash }: Holder,
    act: (stores: Stores) => Promise<Result>,
  ): Promise<Result | null> =>
    db.transaction().execute(async (tx) => {
      // SQLite's transaction locks the database when it begins. PostgreSQL locks the row, and reads it again once it has the
      // lock. An update without a change would lock it too, but leave a copy of the password's hash in the table's file.
      let hold = tx.selectFrom('users').select('id').where('id', '=', userId)
      if (passwordHash !== undefined) hold = hold.where('password_hash', '=', passwordHash)
      if (!isSqlite) hold = hold.forUpdate()
      const user = await hold.executeTakeFirst()
      const stores = { accounts: statementsOf(tx), twoFactorStore: createTwoFactorStore(tx) }
      const isGone = sessionId !== undefined && !(await stores.accounts.hasSession(sessionId))
      return user && !isGone ? act(stores) : null
    })

  return {
    ...statements,
    holding,

    /**
     * Opens a session, and ends the user's longest unused beyond `max`; answers the ids of those ended. Opens none and
     * answers null where the password or the second step has changed since it was verified.
     */
    async openSession(
      session: SessionRow,
      { passwordHash, secondStepSince }: Verified,
      max: number,
    ): Promise<string[] | null> {
      await statements.endExpired(session.created_at)
      const userId = session.user_id
      return holding({ userId, passwordHash }, async ({ accounts, twoFactorStore }) => {
        const since = (await twoFactorStore.of(userId))?.confirmed_at ?? null
        if (since !== null && since !== secondStepSince) return null
        await accounts.insertSession(session)
        return accounts.endLongestUnused(session, max)
      })
    },
  }
}

export type AccountsStore = ReturnType<typeof createAccountsStore>
