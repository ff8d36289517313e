import type { Clock } from '../clock.ts'
import type { RecoveryCodes, SecondStep as State, SecondStepKey, User } from '../contract/index.ts'
import type { SecondStepRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { digitsOf, hashOf, newKey, newRecoveryCodes, stepOf, uriOf } from './totp.ts'
import type { EncryptionAtRest } from './encrypt-at-rest.ts'
import type { TwoFactorStore } from './two-factor.store.ts'

type Parts = { store: TwoFactorStore; encryption: EncryptionAtRest; clock: Clock }

/**
 * The optional second step of signing in: a code from an app in addition to the password (TOTP, RFC 6238). `within`
 * is the store of the transaction that turns it on.
 */
export function createTwoFactor({ store, encryption, clock }: Parts) {
  /** Returns when the second step was turned on, in milliseconds since 1970; null if it is off. */
  async function since(userId: string): Promise<number | null> {
    return (await store.of(userId))?.confirmed_at ?? null
  }

  const isOn = async (userId: string): Promise<boolean> => (await since(userId)) !== null

  /** Creates a key for the app. Sign-ins need no code until one has confirmed the key. @throws {Refusal} CONFLICT */
  async function begin({ id, email }: User, site: string, within: TwoFactorStore): Promise<SecondStepKey> {
    const key = newKey()
    if (!(await within.begin(id, encryption.seal(key, id))))
      throw new Refusal('CONFLICT', 'Two-step verification is already on.')
    return { key, uri: uriOf(key, site, email) }
  }

  /**
   * Turns the second step on. Returns the recovery codes, which are never shown again.
   * @throws {Refusal} NOT_FOUND if it was not begun, or FORBIDDEN
   */
  async function confirm({ id }: User, code: string, within: TwoFactorStore): Promise<RecoveryCodes> {
    const row = await within.of(id)
    if (!row || row.confirmed_at !== null) throw notBegun()
    const step = stepIn(row, code)
    if (step === null) throw new Refusal('FORBIDDEN', 'The code is wrong.', { pointer: '/code' })
    const recoveryCodes = newRecoveryCodes()
    const hashes = recoveryCodes.map((one) => hashOf(one, id))
    if (!(await within.confirm(row, step, clock.now(), hashes))) throw notBegun()
    return { recoveryCodes }
  }

  /** Whether this is an unused code of the app or an unused recovery code. It uses the code up. */
  async function passes(userId: string, code: string): Promise<boolean> {
    const row = await store.of(userId)
    if (!row || row.confirmed_at === null) return false
    const step = stepIn(row, code)
    if (step === null) return store.useRecoveryCode(userId, hashOf(code, userId))
    if (!(await store.useStep(userId, step))) return false
    await reseal(row)
    return true
  }

  /**
   * Returns the step of a code. If all secrets were replaced, the key cannot be decrypted any more and only recovery
   * codes work.
   */
  function stepIn({ sealed_key, user_id }: SecondStepRow, code: string): number | null {
    const key = encryption.open(sealed_key, user_id)
    return key && stepOf(digitsOf(code), key.text, clock.now())
  }

  /**
   * Encrypts the key with the first secret again, so that an old secret can be removed once its users have signed in.
   */
  async function reseal(row: SecondStepRow): Promise<void> {
    const key = encryption.open(row.sealed_key, row.user_id)
    if (key?.isOld) await store.reseal(row, encryption.seal(key.text, row.user_id))
  }

  return {
    isOn,
    since,
    begin,
    confirm,
    passes,

    async state(userId: string): Promise<State> {
      return { on: await isOn(userId), recoveryCodes: await store.recoveryCodesLeft(userId) }
    },
  }
}

export type TwoFactor = ReturnType<typeof createTwoFactor>

const notBegun = () => new Refusal('NOT_FOUND', 'Two-step verification setup was not started.')
