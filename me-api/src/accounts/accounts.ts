import { randomUUID } from 'node:crypto'
import { type Nick, readNick } from '../chat/nick.ts'
import type { Clock } from '../clock.ts'
import type { Credentials, Registration, User } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore } from './accounts.store.ts'
import type { Device } from './device-words.ts'
import type { Attempt, LoginLimit } from './login-limit.ts'
import { hashPassword, isWeak, verifyPassword } from './passwords.ts'
import type { SecondStep } from './second-step.ts'
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
  secondStep: SecondStep
  registration: 'open' | 'closed'
  /** Whether somebody in the chat holds this nick now; `visitorId` may hold it. */
  isNickHeld: (nick: Nick, visitorId: string | null) => boolean
  clock: Clock
}

export function createAccounts(parts: Parts) {
  const { store, sessions, tokens, loginLimit, secondStep, registration, isNickHeld, clock } = parts

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
  async function signIn({ email, password, code }: Credentials, place: Place): Promise<SignIn> {
    const row = await store.byEmail(email)
    const attempt = { email, address: place.address, device: row ? await knownDevice(row, place) : null }
    await loginLimit.attempt(attempt)
    if (!(await verifyPassword(password, row?.password_hash)) || !row) {
      throw new Refusal('UNAUTHENTICATED', 'The e-mail or the password is not right.')
    }
    await takeSecondStep(row, code, attempt)
    await loginLimit.succeeded(attempt)
    if (isWeak(row.password_hash)) await store.update(row.id, { password_hash: await hashPassword(password) })
    return { ...(await sessions.open(row, place.device)), device: await newDevice(row) }
  }

  /** @throws {Refusal} UNAUTHENTICATED, which points at the code where one is wanted */
  async function takeSecondStep({ id }: UserRow, code: string | undefined, attempt: Attempt): Promise<void> {
    if (!(await secondStep.isOn(id))) return
    if (!code) {
      // To be asked is no failure; it undoes none either, else who has the password could guess codes for ever.
      await loginLimit.takeBack(attempt)
      throw new Refusal('UNAUTHENTICATED', 'Give a code from your app too.', { pointer: '/code' })
    }
    if (await secondStep.passes(id, code)) return
    throw new Refusal('UNAUTHENTICATED', 'The code is not right, or was used.', { pointer: '/code' })
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

  return {
    register,
    signIn,
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
