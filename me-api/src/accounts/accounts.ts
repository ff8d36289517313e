import { randomUUID } from 'node:crypto'
import type { ClaimNick } from '../nicks/claim-nick.ts'
import { type Nick, readNick } from '../nicks/nick.ts'
import { looksReserved } from '../nicks/reserved-names.ts'
import type { Clock } from '../clock.ts'
import type { Credentials, PasskeyProof, Registration, User } from '../contract/index.ts'
import type { UserRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Config } from '../config.ts'
import { hashToken } from '../hash-token.ts'
import type { AccountLog } from './account-log.ts'
import { type AccountsStore, notInvited } from './accounts.store.ts'
import type { OneTimeLinksStore } from './one-time-links.store.ts'
import type { Device } from './user-agent.ts'
import type { Attempt, SignInLimiter } from './sign-in-limiter.ts'
import { type HasLeft, hashPassword, isWeak, verifyPassword } from './passwords.ts'
import type { PasskeySite } from './passkey-site.ts'
import type { Passkeys } from './passkeys.ts'
import type { TwoFactor } from './two-factor.ts'
import type { Session } from '../http/caller.ts'
import type { OpenedSession, Sessions } from './sessions.ts'
import type { Tokens } from './tokens.ts'
import { addUser, emailTaken, nickColumns, nickReserved, requireFree, toUser } from './users.ts'
import type { WeakPasswords } from './weak-passwords.ts'

/** Milliseconds that a browser stays known after a sign-in with it. */
export const DEVICE_KNOWN = 365 * 24 * 3_600_000

/**
 * The origin of a sign-in: the address if it can be trusted, the browser, and the token that identifies the browser.
 */
export type SignInOrigin = {
  address: string | null
  device: Device
  deviceToken: string | undefined
  hasLeft: HasLeft
}

/** The session, and the token that identifies the browser from now on. */
export type SignIn = OpenedSession & { device: { token: string; expiresAt: number } }

type Parts = {
  store: AccountsStore
  links: OneTimeLinksStore
  sessions: Sessions
  weakPasswords: WeakPasswords
  tokens: Tokens
  signInLimiter: SignInLimiter
  twoFactor: TwoFactor
  passkeys: Pick<Passkeys, 'userIdOf' | 'prove'>
  registration: Config['REGISTRATION']
  claimNick: ClaimNick
  /**
   * Returns the name in the site's header, which is reserved like the owner's nick; null before the owner has written
   * one.
   */
  siteName: () => Promise<string | null>
  accountLog: Pick<AccountLog, 'add'>
  clock: Clock
}

type Registering = {
  visitorId: string | null
  person: string | null
  proveWork: () => Promise<void>
  hasLeft: HasLeft
}

export function createAccounts(parts: Parts) {
  const { store, sessions, tokens, signInLimiter, twoFactor, passkeys, registration, claimNick } = parts
  const { siteName, links, weakPasswords, accountLog, clock } = parts

  /** Whether a nick looks like the owner's name. The name is read each time, because it may have changed. */
  async function looksLikeOwner({ nick }: Nick): Promise<boolean> {
    const [name, owner] = await Promise.all([siteName(), store.owner()])
    return looksReserved(
      nick,
      [name, owner?.nick].filter((name) => name != null),
    )
  }

  /** Whether a nick belongs to a user or a bot, or looks like the owner's name or a role word. */
  const isReserved = async (nick: Nick): Promise<boolean> =>
    (await looksLikeOwner(nick)) ||
    (await store.byNick(nick)) !== undefined ||
    (await store.botByNick(nick)) !== undefined

  /**
   * Creates a member's account. `visitorId` is the visitor who registers, who may register their own nick; nobody
   * else gets the nick while the password is hashed. `person` is the account's person, null if the account is their
   * first identity. `proveWork` is called after all other checks.
   * @throws {Refusal}
   */
  async function register(
    input: Registration,
    { visitorId, person, proveWork, hasLeft }: Registering,
  ): Promise<User> {
    if (registration === 'closed') throw new Refusal('FORBIDDEN', 'Registration is closed on this site.')
    const invitation = await readInvitation(input.invitation)
    const nick = readNick(input.nick)
    if (!(await store.owner())) {
      throw new Refusal('NO_OWNER', 'This site has no owner yet. Nobody can register before it has one.')
    }
    await weakPasswords.refuse(input.password, { email: input.email, nick: nick.nick })
    if (await store.byEmail(input.email)) throw emailTaken()
    if (await isReserved(nick)) throw nickReserved()
    const id = visitorId ?? randomUUID()
    const release = await claimNick(id, nick)
    try {
      // A bot may have got it before the claim.
      await requireFree(store, { id, nick })
      await proveWork()
      const added = { ...input, role: 'member', person, invitation } as const
      return toUser(await addUser({ store, clock }, added, nick, hasLeft))
    } finally {
      await release()
    }
  }

  /**
   * Returns the hash of a valid invitation, or null if none is given and none needed.
   * @throws {Refusal} FORBIDDEN, the same words for an unknown, an old and a used one
   */
  async function readInvitation(token: string | undefined): Promise<string | null> {
    if (token === undefined && registration === 'open') return null
    const hash = hashToken(token ?? '')
    if (!(await links.find(hash, 'invitation', clock.now()))) throw notInvited()
    return hash
  }

  /** Signs in a user who has just registered. */
  async function signInNew(user: User, { device }: Pick<SignInOrigin, 'device'>): Promise<SignIn> {
    const row = await store.byId(user.id)
    const session = row && (await sessions.open(row, null, device))
    // The account was deleted, or got another password, in this very moment.
    if (!session) throw notRight()
    return { ...session, device: await newDevice(row) }
  }

  /** Signs a user in. An unknown e-mail and a wrong password give the same answer after the same time. */
  async function signIn({ email, password, code }: Credentials, origin: SignInOrigin): Promise<SignIn> {
    const row = await store.byEmail(email)
    const device = row ? await knownDevice(row, origin) : null
    const attempt = { email, isKnown: row !== undefined, address: origin.address, device }
    signInLimiter.attempt(attempt)
    if (!(await isRight(password, row, attempt, origin)) || !row) throw notRight()
    const since = await takeSecondStep(row, code, attempt)
    const session = await openSession(row, since, password, origin)
    signInLimiter.succeeded(attempt)
    if (isWeak(row.password_hash)) await strengthen(row, password)
    return welcome(row, session, device, origin)
  }

  /**
   * Signs a user in by passkey, without password and second step. Every failure has the same words.
   * @throws {Refusal} UNAUTHENTICATED, RATE_LIMITED
   */
  async function signInByPasskey(
    credential: PasskeyProof,
    site: PasskeySite,
    origin: SignInOrigin,
  ): Promise<SignIn> {
    const userId = await passkeys.userIdOf(credential)
    const row = userId === null ? undefined : await store.byId(userId)
    const device = row ? await knownDevice(row, origin) : null
    // Not counted against the account: nobody guesses a signature, and strangers cannot lock the user out.
    const attempt = { email: null, isKnown: false, address: origin.address, device }
    signInLimiter.attempt(attempt)
    const proved = row && (await passkeys.prove(credential, site))
    const session = proved ? await sessions.openByPasskey(row, proved.use, origin.device) : null
    if (!row || !session) throw new Refusal('UNAUTHENTICATED', 'Signing in with this passkey did not work.')
    signInLimiter.succeeded(attempt)
    return welcome(row, session, device, origin)
  }

  /** Ends a sign-in: notes the owner's from a new browser, and makes the browser known. */
  async function welcome(
    row: UserRow,
    session: OpenedSession,
    device: string | null,
    origin: SignInOrigin,
  ): Promise<SignIn> {
    if (row.role === 'owner' && !device) await accountLog.add(row, 'sign-in', describe(origin.device))
    return { ...session, device: await newDevice(row) }
  }

  /** Verifies the password. An attempt refused by the full queue is not counted. @throws {Refusal} UNAVAILABLE */
  async function isRight(
    password: string,
    row: UserRow | undefined,
    attempt: Attempt,
    { hasLeft }: SignInOrigin,
  ): Promise<boolean> {
    try {
      return await verifyPassword(password, row?.password_hash, hasLeft)
    } catch (error) {
      signInLimiter.takeBack(attempt)
      throw error
    }
  }

  /**
   * Opens a session, unless the password or the second step has changed meanwhile.
   * @throws {Refusal} UNAUTHENTICATED
   */
  async function openSession(
    row: UserRow,
    since: number | null,
    password: string,
    { device, hasLeft }: SignInOrigin,
  ) {
    const session = await sessions.open(row, since, device)
    if (session) return session
    // Another sign-in may have stored a stronger hash of the same password meanwhile.
    const now = await store.byId(row.id)
    const isSame = now?.password_hash === row.password_hash
    const again =
      now && !isSame && (await verifyPassword(password, now.password_hash, hasLeft))
        ? await sessions.open(now, since, device)
        : null
    if (!again) throw notRight()
    return again
  }

  /** Stores a stronger hash of the password. If the queue is full, the next sign-in does. */
  async function strengthen(row: UserRow, password: string): Promise<void> {
    const stronger = await hashPassword(password).catch(() => null)
    if (stronger) await store.rehash(row, stronger)
  }

  /**
   * Checks the code. Returns when the second step was turned on, null if it is off.
   * @throws {Refusal} UNAUTHENTICATED
   */
  async function takeSecondStep({ id }: UserRow, code: string | undefined, attempt: Attempt) {
    const since = await twoFactor.since(id)
    if (since === null) return null
    if (!code) {
      // The request for a code counts as no failure. Earlier failures stay counted, because otherwise somebody with
      // the password could guess codes without limit.
      signInLimiter.takeBack(attempt)
      throw new Refusal('UNAUTHENTICATED', 'Enter a code from your app too.', { pointer: '/code' })
    }
    if (await twoFactor.passes(id, code)) return since
    throw new Refusal('UNAUTHENTICATED', 'The code is wrong or was already used.', { pointer: '/code' })
  }

  /** Returns the name of a browser in which this user has signed in before. */
  async function knownDevice({ id }: UserRow, { deviceToken }: SignInOrigin): Promise<string | null> {
    const claim = deviceToken ? await tokens.verify(deviceToken, 'device') : null
    return claim?.id.startsWith(`${id} `) ? claim.id : null
  }

  async function newDevice({ id }: UserRow): Promise<SignIn['device']> {
    const expiresAt = clock.now() + DEVICE_KNOWN
    return { token: await tokens.sign({ kind: 'device', id: `${id} ${randomUUID()}` }, expiresAt), expiresAt }
  }

  /**
   * Runs `rename`, which gives a user, or a bot as the owner, the nick, while nobody else can take it. The owner may have a reserved nick, even
   * a visitor's.
   * @throws {Refusal} NICK_RESERVED, NICK_TAKEN
   */
  async function whileClaiming<Result>(
    { id, role }: Pick<User, 'id' | 'role'>,
    nick: Nick,
    rename: () => Promise<Result>,
  ): Promise<Result> {
    const isOwners = await looksLikeOwner(nick)
    if (isOwners && role !== 'owner') throw nickReserved()
    const release = isOwners ? () => {} : await claimNick(id, nick)
    try {
      await requireFree(store, { id, nick })
      return await rename()
    } finally {
      await release()
    }
  }

  return {
    register,
    signInNew,
    signIn,
    signInByPasskey,
    session: sessions.use,
    signOut: ({ id }: Session): Promise<void> => sessions.end(id),
    onSessionEnded: sessions.onEnded,

    isReserved,

    whileClaiming,

    /** Renames a user. @throws {Refusal} NICK_RESERVED, NICK_TAKEN, TOKEN_INVALID if the account was deleted */
    rename: (user: Pick<User, 'id' | 'role'>, nick: Nick): Promise<void> =>
      whileClaiming(user, nick, async () => {
        if (!(await store.update(user.id, nickColumns(nick))))
          throw new Refusal('TOKEN_INVALID', 'Your account has been deleted.')
      }),
  }
}

export type Accounts = ReturnType<typeof createAccounts>

/** The browser and system of a sign-in, as in the log of the owner's account; null if neither is known. */
const describe = ({ browser, system }: Device): string | null =>
  [browser, system].filter((part) => part !== null).join(', ') || null

const notRight = () => new Refusal('UNAUTHENTICATED', 'The e-mail or the password is wrong.')
