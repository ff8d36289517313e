import { z } from 'zod'
import { PASSKEY_NAME_MAX, PASSWORD_MIN, SESSION_NAME_MAX } from './limits.ts'
import { Proof } from './proof.ts'
import { lengthOf, trimmedText } from './text.ts'

export const Role = z.enum(['visitor', 'member', 'owner', 'bot'])
export type Role = z.infer<typeof Role>

export const User = z
  .object({ id: z.string(), email: z.string(), nick: z.string(), role: z.enum(['member', 'owner']) })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** Compared and stored in lower case. */
const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'))
const Password = z.string().min(1, 'must not be empty').max(1_000)
/** A common password, or a name of the site or the user, is refused as WEAK too (accounts/weak-passwords.ts). */
const NewPassword = z
  .string()
  .max(1_000)
  .refine((password) => lengthOf(password) >= PASSWORD_MIN, {
    message: `must be at least ${PASSWORD_MIN} characters`,
    params: { code: 'WEAK' },
  })

/** The token at the end of a one-time link. */
const LinkToken = z.string().max(100)

/** `proof` is required only while very many register at once. */
export const Registration = z.object({
  email: Email,
  password: NewPassword,
  nick: z.string(),
  proof: Proof,
  invitation: LinkToken.optional().describe('the token of an invitation: what follows # in its address'),
})
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

/** What happens to the messages of an account that is deleted: they lose their author's name, or are erased. */
export const LeavingWords = z.enum(['keep', 'erase']).default('keep')
export type LeavingWords = z.infer<typeof LeavingWords>

export const AccountRemoval = z.object({ password: Password, words: LeavingWords })
export type AccountRemoval = z.infer<typeof AccountRemoval>

export const MemberRemoval = z.object({ words: LeavingWords }).default({ words: 'keep' })

export const AccountChange = z.object({
  nick: z.string().optional(),
  email: Email.optional(),
  password: Password.describe('the current one'),
})
export type AccountChange = z.infer<typeof AccountChange>

export const PasswordReset = z.object({ token: LinkToken, password: NewPassword })
export type PasswordReset = z.infer<typeof PasswordReset>

export const ForgottenPassword = z.object({ email: Email })

/** An account as the owner sees it. `lastSeenAt` is when a session of it was last used, to the minute. */
export const Member = z
  .object({
    id: z.string(),
    nick: z.string(),
    email: z.string(),
    role: z.enum(['member', 'owner']),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

export const OneTimeLink = z
  .object({
    url: z.string().describe('works once; its token follows the #, so that it is in no log'),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'OneTimeLink' })
export type OneTimeLink = z.infer<typeof OneTimeLink>

/** A credential's id, or a part of it, as the browser's `toJSON()` writes it. */
const Base64url = z.base64url().max(20_000)

/** What a browser signs with a passkey (AuthenticationResponseJSON of WebAuthn). */
export const PasskeyProof = z
  .object({
    id: Base64url,
    rawId: Base64url,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: Base64url,
      authenticatorData: Base64url,
      signature: Base64url,
      userHandle: Base64url.optional(),
    }),
  })
  .meta({ id: 'PasskeyProof' })
export type PasskeyProof = z.infer<typeof PasskeyProof>

export const PasskeySignIn = z.object({ credential: PasskeyProof })

/** Proves once more who one is, with the password, a code or a passkey. */
export const Confirmation = z.union([
  z.strictObject({ password: Password }),
  z.strictObject({ code: Code }),
  z.strictObject({ passkey: PasskeyProof }),
])
export type Confirmation = z.infer<typeof Confirmation>

export const SessionName = z.object({ name: trimmedText(SESSION_NAME_MAX) })

/** A session of a user. `device` is the browser and system, all that is kept of the `User-Agent` header. */
export const SessionSummary = z
  .object({
    id: z.string(),
    name: z.string().nullable().describe('the name that the user gave it'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().describe('to the minute'),
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

/** A passkey of a user. */
export const Passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' })
export type Passkey = z.infer<typeof Passkey>

/** A passkey that a browser has created (RegistrationResponseJSON of WebAuthn), and the name that its user gives it. */
export const NewPasskey = z.object({
  name: trimmedText(PASSKEY_NAME_MAX),
  credential: z.object({
    id: Base64url,
    rawId: Base64url,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: Base64url,
      attestationObject: Base64url,
      transports: z.array(z.string().max(20)).max(10).optional(),
    }),
  }),
})
export type NewPasskey = z.infer<typeof NewPasskey>

/** Options for a browser, as WebAuthn names them. */
export const PasskeyOptions = z.looseObject({ challenge: z.string() }).meta({ id: 'PasskeyOptions' })
