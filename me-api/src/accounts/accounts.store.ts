import { type Insertable, SqliteAdapter } from 'kysely'
import type { Nick } from '../nicks/nick.ts'
import { hasSameNick } from '../nicks/same-nick.ts'
import type { Database, Departure, SessionRow, UserRow, UsersTable } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { type OneTimeLinksStore, createOneTimeLinksStore } from './one-time-links.store.ts'
import { type PasskeysStore, createPasskeysStore } from './passkeys.store.ts'
import { type TwoFactorStore, createTwoFactorStore } from './two-factor.store.ts'

/**
 * What a sign-in has verified: the password's hash, and when the second step was turned on, null if it is off; or a
 * passkey, with the function that notes its use and returns false if it was removed.
 */
export type Verified =
  | { passwordHash: string; secondStepSince: number | null }
  | { usePasskey: (stores: Stores) => Promise<boolean> }

/** The user of a transaction, the session that must still exist, and the password's hash that must still be current. */
type Holder = { userId: string; sessionId?: string; passwordHash?: string }

/** The stores within one transaction. */
export type Stores = {
  accounts: ReturnType<typeof statementsOf>
  twoFactorStore: TwoFactorStore
  links: OneTimeLinksStore
  passkeysStore: PasskeysStore
}

/** A user, and when a session of theirs was last used; null if that was before it was stored. */
export type UserWithUse = UserRow & { used_at: number | null }

type SessionTimes = Pick<SessionRow, 'created_at' | 'used_at' | 'expires_at' | 'proved_at'>

/** The SQL of users and their sessions. */
function statementsOf(db: Database) {
  /** Ends every session of a user except `kept`, and the links in mails to them; returns the sessions' ids. */
  async function endSessions(userId: string, kept: string | null): Promise<string[]> {
    await db
      .insertInto('session_resets')
      .values({ user_id: userId, count: 1 })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet((eb) => ({ count: eb('session_resets.count', '+', 1) })),
      )
      .execute()
    let query = db.deleteFrom('sessions').where('user_id', '=', userId)
    if (kept) query = query.where('id', '!=', kept)
    const ended = await query.returning('id').execute()
    return ended.map(({ id }) => id)
  }

  return {
    byEmail: (email: string): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst(),

    byId: (id: string): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst(),

    /** Returns the user who owns this nick or one that counts as the same. */
    byNick: (nick: Nick): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where(hasSameNick(nick)).executeTakeFirst(),

    /** Returns the bot that has this nick or one that counts as the same. */
    botByNick: (nick: Nick): Promise<{ id: string } | undefined> =>
      db.selectFrom('bots').select('id').where(hasSameNick(nick)).executeTakeFirst(),

    /** Returns all users with their last use, the oldest account first. */
    all: (): Promise<UserWithUse[]> =>
      db
        .selectFrom('users')
        .leftJoin('last_uses', 'last_uses.user_id', 'users.id')
        .selectAll('users')
        .select('last_uses.at as used_at')
        .orderBy('created_at')
        .orderBy('id')
        .execute(),

    owner: (): Promise<UserRow | undefined> =>
      db.selectFrom('users').selectAll().where('role', '=', 'owner').limit(1).executeTakeFirst(),

    /**
     * Returns false if the e-mail or the nick is taken. No visitor keeps the nick as a regular any more, so that it is
     * free once the user gives it up. Call it in a transaction.
     */
    async insert(user: Insertable<UsersTable>): Promise<boolean> {
      const result = await db
        .insertInto('users')
        .values(user)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (result.numInsertedOrUpdatedRows !== 1n) return false
      await db
        .updateTable('visitors')
        .set({ nick_kept_until: null })
        .where(hasSameNick({ key: user.nick_key, look: user.nick_look }))
        .where('nick_kept_until', 'is not', null)
        .execute()
      return true
    },

    /** Returns false if there is no such user. */
    async update(id: string, changes: Partial<Insertable<UsersTable>>): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set(changes)
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /**
     * Deletes a user with all that belongs to the account, notes what is to be done with their messages, and returns the
     * ids of the ended sessions. A visitor without a nick stays in the user's place for as long as messages, a mute or a
     * ban need one, so that these still apply to the same person. Call it in a transaction.
     */
    async remove({ id, person }: UserRow, departure: Departure): Promise<string[]> {
      const ended = await endSessions(id, null)
      await db.deleteFrom('users').where('id', '=', id).execute()
      const now = departure.left_at
      const visitor = { id, nick: '', tab: null, created_at: now, seen_at: now, person }
      await db.insertInto('visitors').values(visitor).execute()
      await db
        .insertInto('departures')
        .values({ author_id: id, ...departure })
        .execute()
      return ended
    },

    /** Stores a stronger hash of the same password, unless the password has changed meanwhile. */
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

    /** Ends a user's longest unused sessions beyond `max`, except this one, and returns their ids. */
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

    /** Returns a session that is neither ended nor expired, and its user. */
    async bySession(id: string, now: number): Promise<{ session: SessionTimes; user: UserRow } | null> {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .selectAll('users')
        .select(['sessions.created_at as opened_at', 'used_at', 'expires_at', 'proved_at'])
        .where('sessions.id', '=', id)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      if (!row) return null
      const { opened_at, used_at, expires_at, proved_at, ...user } = row
      return { session: { created_at: opened_at, used_at, expires_at, proved_at }, user }
    },

    /** Notes that a session was used, which then expires at `expiresAt`. */
    async extendSession(id: string, now: number, expiresAt: number): Promise<void> {
      await db
        .updateTable('sessions')
        .set({ used_at: now, expires_at: expiresAt })
        .where('id', '=', id)
        .execute()
    },

    /** Notes that a user has used a session. */
    async noteUse(userId: string, now: number): Promise<void> {
      await db
        .insertInto('last_uses')
        .values({ user_id: userId, at: now })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ at: now }))
        .execute()
    },

    async proveSession(id: string, now: number): Promise<void> {
      await db.updateTable('sessions').set({ proved_at: now }).where('id', '=', id).execute()
    },

    /** Returns false if the user has no such session. */
    async nameSession(userId: string, id: string, name: string): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('sessions')
        .set({ name })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Returns the user's sessions, the last used first. */
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

    endSessions,
  }
}

/**
 * The SQL of users and their sessions, with the transactions that open a session, use one, or change how a user signs
 * in.
 */
export function createAccountsStore(db: Database) {
  const statements = statementsOf(db)
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter

  /**
   * Runs `act` in one transaction that locks the user's row, so that sign-ins and changes of the password or the
   * second step are serialised. Returns null without calling `act` if the session has ended or the password has
   * changed.
   */
  const holding = <Result>(
    { userId, sessionId, passwordHash }: Holder,
    act: (stores: Stores) => Promise<Result>,
  ): Promise<Result | null> =>
    db.transaction().execute(async (tx) => {
      // SQLite's transaction locks the database from the start. PostgreSQL locks the row and rereads it once it has
      // the lock. An update without a change would lock it too, but leave a copy of the password's hash in the
      // table's file.
      let query = tx.selectFrom('users').select('id').where('id', '=', userId)
      if (passwordHash !== undefined) query = query.where('password_hash', '=', passwordHash)
      if (!isSqlite) query = query.forUpdate()
      const user = await query.executeTakeFirst()
      const stores = {
        accounts: statementsOf(tx),
        twoFactorStore: createTwoFactorStore(tx),
        links: createOneTimeLinksStore(tx),
        passkeysStore: createPasskeysStore(tx),
      }
      const isGone = sessionId !== undefined && !(await stores.accounts.hasSession(sessionId))
      return user && !isGone ? act(stores) : null
    })

  return {
    ...statements,
    holding,

    insert: (user: Insertable<UsersTable>): Promise<boolean> =>
      db.transaction().execute((tx) => statementsOf(tx).insert(user)),

    /**
     * Inserts a user and uses up their invitation, given by its hash. Returns false if the e-mail or the nick is
     * taken; the invitation then stays valid.
     * @throws {Refusal} FORBIDDEN if the invitation was used meanwhile
     */
    insertInvited: (user: Insertable<UsersTable>, invitation: string): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        if (!(await statementsOf(tx).insert(user))) return false
        if (!(await createOneTimeLinksStore(tx).use(invitation))) throw notInvited()
        return true
      }),

    /** Returns false if the e-mail or the nick is taken, or there is an owner. */
    insertOwner: (user: Insertable<UsersTable>): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        // Locks the one row, so that two programs that start at once do not both make an owner.
        await tx
          .updateTable('installation')
          .set((column) => ({ made_at: column.ref('made_at') }))
          .execute()
        const { owner, insert } = statementsOf(tx)
        return (await owner()) ? false : insert(user)
      }),

    /**
     * Notes that a user has used a session, which then expires at `expiresAt`. Returns false if the session has ended,
     * also where the account was deleted meanwhile.
     */
    async useSession(id: string, userId: string, now: number, expiresAt: number): Promise<boolean> {
      const isUsed = await holding({ userId, sessionId: id }, async ({ accounts }) => {
        await accounts.extendSession(id, now, expiresAt)
        await accounts.noteUse(userId, now)
        return true
      })
      return isUsed !== null
    },

    /**
     * Opens a session, ends the user's longest unused sessions beyond `max`, and returns the ids of those ended.
     * Returns null without opening one if what was verified no longer holds.
     */
    async openSession(session: SessionRow, verified: Verified, max: number): Promise<string[] | null> {
      await statements.endExpired(session.created_at)
      const userId = session.user_id
      const isByPassword = 'passwordHash' in verified
      const holder = isByPassword ? { userId, passwordHash: verified.passwordHash } : { userId }
      return holding(holder, async (stores) => {
        const { accounts, twoFactorStore } = stores
        if (isByPassword) {
          const since = (await twoFactorStore.of(userId))?.confirmed_at ?? null
          if (since !== null && since !== verified.secondStepSince) return null
        } else if (!(await verified.usePasskey(stores))) return null
        await accounts.insertSession(session)
        await accounts.noteUse(userId, session.created_at)
        return accounts.endLongestUnused(session, max)
      })
    },
  }
}

export type AccountsStore = ReturnType<typeof createAccountsStore>

export const notInvited = () =>
  new Refusal('FORBIDDEN', 'That invitation is not valid, or no longer. Ask for a new one.', {
    pointer: '/invitation',
  })
