import { z } from 'zod'
import { PASSWORD_MIN } from './limits.ts'
import { Proof } from './proof.ts'

export const Role = z.enum(['visitor', 'member', 'owner'])
export type Role = z.infer<typeof Role>

export const User = z
  .object({ id: z.string(), email: z.string(), nick: z.string(), role: z.enum(['member', 'owner']) })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** Compared and stored in lower case. */
const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'))
const Password = z.string().min(1, 'must not be empty').max(1_000)
export const NewPassword = z
  .string()
  .min(PASSWORD_MIN, `must be at least ${PASSWORD_MIN} characters`)
  .max(1_000)

/** `proof` is required only while very many register at once. */
export const Registration = z.object({ email: Email, password: NewPassword, nick: z.string(), proof: Proof })
export type Registration = z.infer<typeof Registration>

/** Six digits from an app, or a recovery code; spaces and hyphens only aid reading. */
const Code = z.string().max(64)

export const Credentials = z.object({
  email: Email,
  password: Password,
  code: Code.optional().describe('required if the account uses two-step verification'),
})
export type Credentials = z.infer<typeof Credentials>

export const PasswordChange = z.object({ current: Password, next: NewPassword })
export type PasswordChange = z.infer<typeof PasswordChange>

export const OwnerAccount = z.object({ email: Email, password: NewPassword, nick: z.string().optional() })
export type OwnerAccount = z.infer<typeof OwnerAccount>

/** A session of a user. `device` is the browser and system, all that is kept of the `User-Agent` header. */
export const SessionSummary = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().describe('precise to the hour'),
    current: z.boolean().describe('true for the session of this request'),
    device: z.object({ browser: z.string().nullable(), system: z.string().nullable() }),
  })
  .meta({ id: 'SessionSummary' })
export type SessionSummary = z.infer<typeof SessionSummary>

export const SignedIn = z.object({ user: User, token: z.string() }).meta({ id: 'SignedIn' })
export const Account = z.object({ user: User }).meta({ id: 'Account' })

/** Whether signing in demands a code too, and how many recovery codes are left. */
export const SecondStep = z.object({ on: z.boolean(), recoveryCodes: z.int() }).meta({ id: 'SecondStep' })
export type SecondStep = z.infer<typeof SecondStep>

export const SecondStepStart = z.object({ password: Password })
/** `key` is for manual entry, `uri` (otpauth:) for a link or a QR code. */
export const SecondStepKey = z.object({ key: z.string(), uri: z.string() }).meta({ id: 'SecondStepKey' })
export type SecondStepKey = z.infer<typeof SecondStepKey>

export const SecondStepProof = z.object({ code: Code })
export const RecoveryCodes = z
  .object({ recoveryCodes: z.array(z.string()).describe('shown only once; each can be used once') })
  .meta({ id: 'RecoveryCodes' })
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

export const SecondStepEnd = z.object({ password: Password, code: Code })
export type SecondStepEnd = z.infer<typeof SecondStepEnd>
