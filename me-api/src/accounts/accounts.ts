import { randomUUID } from 'node:crypto'
import { type Nick, readNick } from '../chat/nick.ts'
import type { Clock } from '../clock.ts'
import type { Credentials, PasswordChange, Registration, User } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore } from './accounts.store.ts'
import type { Device } from './device-words.ts'
import type { LoginLimit } from './login-limit.ts'
import { hashPassword, isWeak, verifyPassword } from './passwords.ts'
import type { OpenedSession, Session, Sessions } from './sessions.ts'
import type { Tokens } from './tokens.ts'
import { addUser, emailTaken, nickColumns, nickReserved } from './users.ts'

/** Milliseconds a browser is known for after somebody signed in with it. */
export const DEVICE_KNOWN = 365 * 24 * 3_600_000

/** Where somebody signs in: the address where it can be believed, the browser, and the token by which it is known. */
export type Place = { address: string | null; device: Device; deviceToken: string | undefined }

/** The session, and the token by which the browser is known from now on. */
export type SignIn = OpenedSession & { device: { token: string; expiresAt: number } }

type Parts = {
  store: AccountsStore
  sessions: Sessions
  tokens: Tokens
  loginLimit: LoginLimit
  registration: 'open' | 'closed'
  /** Whether somebody in the chat holds this nick now; `visitorId` may hold it. */
  isNickHeld: (nick: Nick, visitorId: string | null) => boolean
  clock: Clock
}

export function createAccounts(parts: Parts) {
  const { store, sessions, tokens, loginLimit, registration, isNickHeld, clock } = parts

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
  async function signIn({ email, password }: Credentials, place: Place): Promise<SignIn> {
    const row = await store.byEmail(email)
    const attempt = { email, address: place.address, device: row ? await knownDevice(row, place) : null }
    await loginLimit.attempt(attempt)
    if (!(await verifyPassword(password, row?.password_hash)) || !row) {
      throw new Refusal('UNAUTHENTICATED', 'The e-mail or the password is not right.')
    }
    await loginLimit.succeeded(attempt)
    if (isWeak(row.password_hash)) await store.update(row.id, { password_hash: await hashPassword(password) })
    return { ...(await sessions.open(row, place.device)), device: await newDevice(row) }
  }

  /** The name of a browser in which this very user has signed in before. */
  async function knownDevice({ id }: UserRow, { deviceToken }: Place): Promise<string | null> {
    const claim = deviceToken ? await tokens.verify(deviceToken, 'device') : null
    return claim?.id.startsWith(`${id} `) ? claim.id : null
  }

  async function newDevice({ id }: UserRow): Promise<SignIn['device']> {
    const expiresAt = clock.now() + DEVICE_KNOWN
    return { token: await tokens.sign({ kind: 'device', id: `${id} ${randomUUID()}` }, expiresAt), expiresAt }
  }

  async function changePassword(session: Session, { current, next }: PasswordChange): Promise<void> {
    const { id, email } = session.user
    // Counted on its own, so that strangers who guess cannot keep somebody signed in from changing it.
    const attempt = { email, address: null, device: `session of ${id}` }
    await loginLimit.attempt(attempt)
    const row = await store.byId(id)
    if (!(await verifyPassword(current, row?.password_hash))) {
      throw new Refusal('FORBIDDEN', 'The current password is not right.', at('/current'))
    }
    await loginLimit.succeeded(attempt)
    await store.update(id, { password_hash: await hashPassword(next) })
    await sessions.endOthers(session)
  }

  return {
    register,
    signIn,
    changePassword,
    session: sessions.use,
    signOut: ({ id }: Session): Promise<void> => sessions.end(id),
    onSessionEnded: sessions.onEnded,

    /** Whether a nick belongs to a user. */
    isReserved: async (nick: Nick): Promise<boolean> => (await store.byNick(nick)) !== undefined,

    /** @throws {Refusal} NICK_RESERVED */
    async rename(userId: string, nick: Nick): Promise<void> {
      const namesake = await store.byNick(nick)
      if (namesake && namesake.id !== userId) throw nickReserved()
      await store.update(userId, nickColumns(nick))
    },
  }
}

export type Accounts = ReturnType<typeof createAccounts>

const at = (pointer: string) => ({ pointer })
