import { EventEmitter } from 'node:events'
import { randomUUID } from 'node:crypto'
import { type Nick, readNick } from '../chat/nick.ts'
import type { Clock } from '../clock.ts'
import type { Credentials, PasswordChange, Registration, User } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore } from './accounts.store.ts'
import type { LoginLimit } from './login-limit.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import type { Tokens } from './tokens.ts'
import { addUser, emailTaken, nickColumns, nickReserved, toUser } from './users.ts'

/** Milliseconds: a month after signing in one signs in again. */
const SESSION_LENGTH = 30 * 24 * 3_600_000

/** A user and the session by which they came. */
export type Session = { id: string; user: User }

export type SignIn = Session & { token: string; expiresAt: number }

type Parts = {
  store: AccountsStore
  tokens: Tokens
  loginLimit: LoginLimit
  registration: 'open' | 'closed'
  /** Whether somebody in the chat holds this nick now; `visitorId` may hold it. */
  isNickHeld: (nick: Nick, visitorId: string | null) => boolean
  clock: Clock
}

export function createAccounts({ store, tokens, loginLimit, registration, isNickHeld, clock }: Parts) {
  const events = new EventEmitter<{ ended: [sessionId: string] }>()

  /** `visitorId`: who asks, where it is somebody in the chat, who may then keep their nick as an account. */
  async function register(input: Registration, visitorId: string | null): Promise<User> {
    if (registration === 'closed') throw new Refusal('FORBIDDEN', 'Registration is closed on this site.')
    const nick = readNick(input.nick)
    if (await store.byEmail(input.email)) throw emailTaken()
    if (await store.byNick(nick)) throw nickReserved()
    if (isNickHeld(nick, visitorId))
      throw new Refusal('NICK_TAKEN', 'Somebody is using that nick now.', at('/nick'))
    return addUser({ store, clock }, { ...input, role: 'member' }, nick)
  }

  /** The same words and the same time for an unknown e-mail as for a wrong password. */
  async function signIn({ email, password }: Credentials, address: string | null): Promise<SignIn> {
    await loginLimit.attempt(email, address)
    const row = await store.byEmail(email)
    if (!(await verifyPassword(password, row?.password_hash)) || !row) {
      throw new Refusal('UNAUTHENTICATED', 'The e-mail or the password is not right.')
    }
    await loginLimit.succeeded(email, address)
    const id = randomUUID()
    const expiresAt = clock.now() + SESSION_LENGTH
    await store.openSession({ id, user_id: row.id, created_at: clock.now(), expires_at: expiresAt })
    return { id, user: toUser(row), token: await tokens.sign({ kind: 'session', id }, expiresAt), expiresAt }
  }

  async function session(id: string): Promise<Session | null> {
    const row = await store.bySession(id, clock.now())
    return row ? { id, user: toUser(row) } : null
  }

  async function signOut({ id }: Session): Promise<void> {
    await store.endSession(id)
    events.emit('ended', id)
  }

  async function changePassword(session: Session, { current, next }: PasswordChange): Promise<void> {
    await loginLimit.attempt(session.user.email, null)
    const row = await store.byId(session.user.id)
    if (!(await verifyPassword(current, row?.password_hash))) {
      throw new Refusal('FORBIDDEN', 'The current password is not right.', at('/current'))
    }
    await loginLimit.succeeded(session.user.email, null)
    await store.update(session.user.id, { password_hash: await hashPassword(next) })
    await endSessions(session.user.id, session.id)
  }

  async function endSessions(userId: string, kept: string | null): Promise<void> {
    for (const id of await store.endSessions(userId, kept)) events.emit('ended', id)
  }

  return {
    register,
    signIn,
    signOut,
    session,
    changePassword,

    /** Whether a nick belongs to a user. */
    isReserved: async (nick: Nick): Promise<boolean> => (await store.byNick(nick)) !== undefined,

    /** @throws {Refusal} NICK_RESERVED */
    async rename(userId: string, nick: Nick): Promise<void> {
      const namesake = await store.byNick(nick)
      if (namesake && namesake.id !== userId) throw nickReserved()
      await store.update(userId, nickColumns(nick))
    },

    /** Calls `listener` with each session that ends before its time. */
    onSessionEnded: (listener: (sessionId: string) => void) => void events.on('ended', listener),
  }
}

export type Accounts = ReturnType<typeof createAccounts>

const at = (pointer: string) => ({ pointer })
