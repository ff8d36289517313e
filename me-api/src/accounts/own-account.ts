import type { PasswordChange, RecoveryCodes, SecondStepEnd, SecondStepKey } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AccountsStore } from './accounts.store.ts'
import type { LoginLimit } from './login-limit.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import type { SecondStep } from './second-step.ts'
import type { Session, Sessions } from './sessions.ts'

type Parts = { store: AccountsStore; sessions: Sessions; loginLimit: LoginLimit; secondStep: SecondStep }

/** What whoever is signed in changes of their own account, showing once more who they are: a session may be left open. */
export function createOwnAccount({ store, sessions, loginLimit, secondStep }: Parts) {
  async function changePassword(session: Session, { current, next }: PasswordChange): Promise<void> {
    await counted(session, () => provePassword(session, current, '/current'))
    await store.update(session.user.id, { password_hash: await hashPassword(next) })
    await sessions.endOthers(session)
  }

  /** `site`: what the app calls it. @throws {Refusal} FORBIDDEN, CONFLICT where it is on */
  async function beginSecondStep(session: Session, password: string, site: string): Promise<SecondStepKey> {
    await counted(session, () => provePassword(session, password, '/password'))
    return secondStep.begin(session.user, site)
  }

  /** Whoever signed in without it has to sign in anew. */
  async function confirmSecondStep(session: Session, code: string): Promise<RecoveryCodes> {
    const codes = await secondStep.confirm(session.user, code)
    await sessions.endOthers(session)
    return codes
  }

  /** @throws {Refusal} FORBIDDEN, NOT_FOUND where it is off */
  async function endSecondStep(session: Session, { password, code }: SecondStepEnd): Promise<void> {
    const { id } = session.user
    if (!(await secondStep.isOn(id))) throw new Refusal('NOT_FOUND', 'It is off.')
    await counted(session, async () => {
      await provePassword(session, password, '/password')
      if (!(await secondStep.passes(id, code))) throw wrong('The code is not right, or was used.', '/code')
    })
    await secondStep.remove(id)
  }

  /** Counted on its own, so that strangers who guess cannot keep somebody signed in from it. */
  async function counted({ user: { id, email } }: Session, prove: () => Promise<void>): Promise<void> {
    const attempt = { email, address: null, device: `session of ${id}` }
    await loginLimit.attempt(attempt)
    await prove()
    await loginLimit.succeeded(attempt)
  }

  async function provePassword({ user }: Session, password: string, pointer: string): Promise<void> {
    const row = await store.byId(user.id)
    if (!(await verifyPassword(password, row?.password_hash)))
      throw wrong('The current password is not right.', pointer)
  }

  return { changePassword, beginSecondStep, confirmSecondStep, endSecondStep }
}

export type OwnAccount = ReturnType<typeof createOwnAccount>

const wrong = (detail: string, pointer: string) => new Refusal('FORBIDDEN', detail, { pointer })
