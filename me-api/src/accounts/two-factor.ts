import type { Clock } from '../clock.ts'
import type { RecoveryCodes, SecondStep as State, SecondStepKey, User } from '../contract/index.ts'
import type { SecondStepRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import { digitsOf, hashOf, newKey, newRecoveryCodes, stepOf, uriOf } from './totp.ts'
import type { EncryptionAtRest } from './encrypt-at-rest.ts'
import type { TwoFactorStore } from './two-factor.store.ts'

type Parts = { store: TwoFactorStore; encryption: EncryptionAtRest; clock: Clock }

/**
 * A code from an app, asked for beside the password by whoever wants it (TOTP, RFC 6238). `within`: the store in the
 * transaction by which it is turned on.
 */
export function createTwoFactor({ store, encryption, clock }: Parts) {
  /** Since when a code is asked for, in milliseconds since 1970; null where none is. */
  async function since(userId: string): Promise<number | null> {
    return (await store.of(userId))?.confirmed_at ?? null
  }

  const isOn = async (userId: string): Promise<boolean> => (await since(userId)) !== null

  /** A key for the app; nothing is asked until a code shows that it has it. @throws {Refusal} CONFLICT */
  async function begin({ id, email }: User, site: string, within: TwoFactorStore): Promise<SecondStepKey> {
    const key = newKey()
    if (!(await within.begin(id, encryption.seal(key, id))))
      throw new Refusal('CONFLICT', 'It is on already.')
    return { key, uri: uriOf(key, site, email) }
  }

  /** Turns it on; what it answers is shown this once. @throws {Refusal} NOT_FOUND where none was begun, or FORBIDDEN */
  async function confirm({ id }: User, code: string, within: TwoFactorStore): Promise<RecoveryCodes> {
    const begun = await within.of(id)
    if (!begun || begun.confirmed_at !== null) throw notBegun()
    const step = stepIn(begun, code)
    if (step === null) throw new Refusal('FORBIDDEN', 'That code is not right.', { pointer: '/code' })
    const recoveryCodes = newRecoveryCodes()
    const hashes = recoveryCodes.map((one) => hashOf(one, id))
    if (!(await within.confirm(begun, step, clock.now(), hashes))) throw notBegun()
    return { recoveryCodes }
  }

  /** Whether this is a code that was not used before: the app's, or a recovery code, which is gone then. */
  async function passes(userId: string, code: string): Promise<boolean> {
    const kept = await store.of(userId)
    if (!kept) return false
    const step = stepIn(kept, code)
    if (step === null) return store.useRecoveryCode(userId, hashOf(code, userId))
    if (!(await store.useStep(userId, step))) return false
    await sealAnew(kept)
    return true
  }

  /** Where the secrets were all replaced the key cannot be read any more: then the recovery codes are left. */
  function stepIn({ sealed_key, user_id }: SecondStepRow, code: string): number | null {
    const key = encryption.open(sealed_key, user_id)
    return key && stepOf(digitsOf(code), key.text, clock.now())
  }

  /** So that a secret can be taken away once whoever signs in has done so. */
  async function sealAnew(kept: SecondStepRow): Promise<void> {
    const key = encryption.open(kept.sealed_key, kept.user_id)
    if (key?.isOld) await store.reseal(kept, encryption.seal(key.text, kept.user_id))
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

const notBegun = () => new Refusal('NOT_FOUND', 'None was begun.')
