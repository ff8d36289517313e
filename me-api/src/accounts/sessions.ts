import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { SessionSummary } from '../contract/index.ts'
import type { SessionRow, UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Session } from '../http/caller.ts'
import { createSignal } from '../signal.ts'
import type { AccountsStore, Stores, Verified } from './accounts.store.ts'
import type { Device } from './user-agent.ts'
import type { Tokens } from './tokens.ts'
import { toUser } from './users.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Milliseconds without use after which a session expires, and after which it expires in any case. */
export const SESSION_IDLE = 14 * DAY
export const SESSION_MAX = 90 * DAY
/** Milliseconds between two stored uses, so that few requests cause a write. */
const NOTED_EVERY = 60_000
/** Milliseconds for which a session counts as proved, see `requireFreshProof`. */
const FRESH_FOR = HOUR
/** The most sessions of one user. Another sign-in ends the longest unused one. */
export const SESSIONS_MAX = 50

export type OpenedSession = Session & { token: string }

type Parts = {
  store: AccountsStore
  tokens: Tokens
  clock: Clock
  /** Receives what a subscriber to ended sessions throws. */
  onFault: (error: unknown) => void
}

/** Sessions: each use extends a session, its user can end it. The database row decides; a token only names it. */
export function createSessions({ store, tokens, clock, onFault }: Parts) {
  const ended = createSignal<string>(onFault)

  /** Opens a session by password. Returns null if it or the second step has changed since it was verified. */
  const open = (
    row: UserRow,
    secondStepSince: number | null,
    device: Device,
  ): Promise<OpenedSession | null> =>
    openWith({ passwordHash: row.password_hash, secondStepSince }, row, device)

  /** Opens a session by passkey. `usePasskey` notes the use. Returns null if the passkey was removed meanwhile. */
  const openByPasskey = (
    row: UserRow,
    usePasskey: (stores: Stores) => Promise<boolean>,
    device: Device,
  ): Promise<OpenedSession | null> => openWith({ usePasskey }, row, device)

  async function openWith(verified: Verified, row: UserRow, device: Device): Promise<OpenedSession | null> {
    const [id, now] = [randomUUID(), clock.now()]
    const times = { created_at: now, used_at: now, proved_at: now, expires_at: now + SESSION_IDLE }
    const replaced = await store.openSession(
      { id, user_id: row.id, name: null, ...device, ...times },
      verified,
      SESSIONS_MAX,
    )
    if (!replaced) return null
    tellEnded(replaced)
    const token = await tokens.sign({ kind: 'session', id }, now + SESSION_MAX)
    return { id, user: toUser(row), token, expiresAt: times.expires_at, since: row.created_at, isFresh: true }
  }

  /** Returns the session if it is neither ended nor expired, and extends it. */
  async function use(id: string): Promise<Session | null> {
    const now = clock.now()
    const found = await store.bySession(id, now)
    if (!found) return null
    const { session, user } = found
    // A use in the future means that the system's time was set back; then the session is extended from now on.
    const isNoted = Math.abs(now - session.used_at) < NOTED_EVERY
    const expiresAt = isNoted
      ? session.expires_at
      : Math.min(now + SESSION_IDLE, session.created_at + SESSION_MAX)
    if (!isNoted && !(await store.useSession(id, user.id, now, expiresAt))) return null
    const isFresh = Math.abs(now - session.proved_at) < FRESH_FOR
    return { id, user: toUser(user), expiresAt, since: user.created_at, isFresh }
  }

  async function end(id: string): Promise<void> {
    await store.endSession(id)
    tellEnded([id])
  }

  /** Ends all sessions of a user. */
  async function endAll(userId: string): Promise<void> {
    tellEnded(await store.endSessions(userId, null))
  }

  /** Announces that these sessions were deleted, so that their connections are closed. */
  function tellEnded(ids: string[]): void {
    ids.forEach(ended.emit)
  }

  return {
    open,
    openByPasskey,
    use,
    end,
    endAll,
    tellEnded,

    /** Returns a user's sessions, the last used first. */
    async list({ id, user }: Session): Promise<SessionSummary[]> {
      const rows = await store.sessionsOf(user.id, clock.now())
      return rows.map((row) => toSummary(row, row.id === id))
    },

    /** Names one of the user's own sessions. @throws {Refusal} NOT_FOUND */
    async rename({ user }: Session, id: string, name: string): Promise<void> {
      if (!(await store.nameSession(user.id, id, name))) throw noSession()
    },

    /** Ends one of the user's own sessions. @throws {Refusal} NOT_FOUND */
    async revoke({ user }: Session, id: string): Promise<void> {
      const rows = await store.sessionsOf(user.id, clock.now())
      if (!rows.some((row) => row.id === id)) throw noSession()
      await end(id)
    },

    /** Calls `listener` for each session that ends before it expires. */
    onEnded: ended.subscribe,
  }
}

export type Sessions = ReturnType<typeof createSessions>

const noSession = () => new Refusal('NOT_FOUND', 'You have no such session.')

const toSummary = ({ id, name, browser, system, created_at, used_at }: SessionRow, current: boolean) => ({
  id,
  name,
  createdAt: new Date(created_at).toISOString(),
  lastUsedAt: new Date(used_at).toISOString(),
  current,
  device: { browser, system },
})
