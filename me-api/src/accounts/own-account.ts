import type { Clock } from '../clock.ts'
import type {
  Confirmation,
  PasswordChange,
  RecoveryCodes,
  SecondStepEnd,
  SecondStepKey,
} from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore, Stores } from './accounts.store.ts'
import type { SignInLimiter } from './sign-in-limiter.ts'
import { type HasLeft, hashPassword, verifyPassword } from './passwords.ts'
import type { PasskeySite } from './passkey-site.ts'
import type { Passkeys } from './passkeys.ts'
import type { TwoFactor } from './two-factor.ts'
import type { Session } from '../http/caller.ts'
import type { Sessions } from './sessions.ts'
import type { WeakPasswords } from './weak-passwords.ts'

type Parts = {
  store: AccountsStore
  sessions: Sessions
  signInLimiter: SignInLimiter
  twoFactor: TwoFactor
  weakPasswords: WeakPasswords
  passkeys: Pick<Passkeys, 'proves'>
  clock: Clock
}

/**
 * Changes by a signed-in user to their own account. Each demands the password or a code again, because a session may
 * have been left open.
 */
export function createOwnAccount(parts: Parts) {
  const { store, sessions, signInLimiter, twoFactor, weakPasswords, passkeys, clock } = parts

  /** @throws {Refusal} FORBIDDEN, WEAK */
  async function changePassword(
    session: Session,
    { current, next }: PasswordChange,
    hasLeft: HasLeft,
  ): Promise<void> {
    await weakPasswords.refuse(next, session.user, '/next')
    const passwordHash = await counted(session, () => provePassword(session, current, '/current', hasLeft))
    const nextHash = await hashPassword(next, hasLeft)
    const ended = await holding(session, passwordHash, async ({ accounts, links }) => {
      await accounts.update(session.user.id, { password_hash: nextHash })
      await links.removeOf(session.user.id)
      return accounts.endSessions(session.user.id, session.id)
    })
    sessions.tellEnded(ended)
  }

  /**
   * Begins to turn on the second step. `site` is its name in the app.
   * @throws {Refusal} FORBIDDEN, CONFLICT if it is on
   */
  async function beginSecondStep(
    session: Session,
    password: string,
    site: string,
    hasLeft: HasLeft,
  ): Promise<SecondStepKey> {
    return withPassword(session, password, hasLeft, ({ twoFactorStore }) =>
      twoFactor.begin(session.user, site, twoFactorStore),
    )
  }

  /**
   * Turns the second step on and ends all other sessions.
   * @throws {Refusal} FORBIDDEN, NOT_FOUND if it was not begun
   */
  async function confirmSecondStep(session: Session, code: string): Promise<RecoveryCodes> {
    const { codes, ended } = await counted(session, () =>
      holding(session, undefined, async ({ accounts, twoFactorStore }) => ({
        codes: await twoFactor.confirm(session.user, code, twoFactorStore),
        ended: await accounts.endSessions(session.user.id, session.id),
      })),
    )
    sessions.tellEnded(ended)
    return codes
  }

  /** Turns the second step off. @throws {Refusal} FORBIDDEN, NOT_FOUND if it is off */
  async function endSecondStep(
    session: Session,
    { password, code }: SecondStepEnd,
    hasLeft: HasLeft,
  ): Promise<void> {
    const { id } = session.user
    if (!(await twoFactor.isOn(id))) throw new Refusal('NOT_FOUND', 'Two-step verification is off.')
    const passwordHash = await counted(session, async () => {
      const hash = await provePassword(session, password, '/password', hasLeft)
      if (!(await twoFactor.passes(id, code))) throw wrongCode()
      return hash
    })
    await holding(session, passwordHash, async ({ twoFactorStore }) => twoFactorStore.remove(id))
  }

  /**
   * Proves in this session who the user is, with the password, a code or a passkey for the site.
   * @throws {Refusal} FORBIDDEN
   */
  async function confirm(
    session: Session,
    proof: Confirmation,
    passkeySite: () => PasskeySite,
    hasLeft: HasLeft,
  ): Promise<void> {
    const { id } = session.user
    const passwordHash = await counted(session, async () => {
      if ('password' in proof) return provePassword(session, proof.password, '/password', hasLeft)
      if ('code' in proof && !(await twoFactor.passes(id, proof.code))) throw wrongCode()
      if ('passkey' in proof && !(await passkeys.proves(id, proof.passkey, passkeySite())))
        throw wrong('Confirming with this passkey did not work.', '/passkey')
      return undefined
    })
    await holding(session, passwordHash, async () => {})
  }

  /**
   * Verifies the password, and runs `act` as `holding` does.
   * @throws {Refusal} FORBIDDEN, RATE_LIMITED, UNAUTHENTICATED
   */
  async function withPassword<Result>(
    session: Session,
    password: string,
    hasLeft: HasLeft,
    act: (stores: Stores) => Promise<Result>,
  ): Promise<Result> {
    const passwordHash = await counted(session, () => provePassword(session, password, '/password', hasLeft))
    return holding(session, passwordHash, act)
  }

  /**
   * Limits wrong passwords and codes of one user separately from sign-ins, so that strangers who guess cannot lock
   * out a signed-in user. Other errors are not counted.
   */
  const counted = <Proof>({ user: { id, email } }: Session, prove: () => Promise<Proof>): Promise<Proof> =>
    signInLimiter.counting({ email, isKnown: true, address: null, device: `session of ${id}` }, prove)

  /** Verifies the current password and returns its hash. @throws {Refusal} FORBIDDEN */
  async function provePassword(
    { user }: Session,
    password: string,
    pointer: string,
    hasLeft: HasLeft,
  ): Promise<string> {
    const row = await store.byId(user.id)
    if (!row || !(await verifyPassword(password, row.password_hash, hasLeft)))
      throw wrong('The current password is not right.', pointer)
    return row.password_hash
  }

  /**
   * Runs `act` in a transaction that locks the user's row, unless the session has ended or the password has changed
   * since it was verified. Everything here follows a proof of who the user is, which the session remembers.
   * @throws {Refusal} UNAUTHENTICATED
   */
  async function holding<Result>(
    { id, user }: Session,
    passwordHash: string | undefined,
    act: (stores: Stores) => Promise<Result>,
  ): Promise<Result> {
    const holder = { userId: user.id, sessionId: id, ...(passwordHash !== undefined && { passwordHash }) }
    const done = await store.holding(holder, async (stores) => {
      await stores.accounts.proveSession(id, clock.now())
      return { result: await act(stores) }
    })
    if (!done)
      throw new Refusal(
        'UNAUTHENTICATED',
        'In the meantime your session has ended, or your password was changed. Sign in again.',
      )
    return done.result
  }

  return { withPassword, confirm, changePassword, beginSecondStep, confirmSecondStep, endSecondStep }
}

export type OwnAccount = ReturnType<typeof createOwnAccount>

const wrongCode = () => wrong('The code is wrong or was already used.', '/code')

const wrong = (detail: string, pointer: string) => new Refusal('FORBIDDEN', detail, { pointer })
