import { z } from 'zod'
import { PASSWORD_MIN } from './limits.ts'

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

export const Registration = z.object({ email: Email, password: NewPassword, nick: z.string() })
export type Registration = z.infer<typeof Registration>

export const Credentials = z.object({ email: Email, password: Password })
export type Credentials = z.infer<typeof Credentials>

export const PasswordChange = z.object({ current: Password, next: NewPassword })
export type PasswordChange = z.infer<typeof PasswordChange>

export const OwnerAccount = z.object({ email: Email, password: NewPassword, nick: z.string().optional() })
export type OwnerAccount = z.infer<typeof OwnerAccount>

/** Where one is signed in; `device` is what its browser says of itself, reduced to two words. */
export const SessionSummary = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().describe('to the hour'),
    current: z.boolean().describe('the one that asks'),
    device: z.object({ browser: z.string().nullable(), system: z.string().nullable() }),
  })
  .meta({ id: 'SessionSummary' })
export type SessionSummary = z.infer<typeof SessionSummary>

export const SignedIn = z.object({ user: User, token: z.string() }).meta({ id: 'SignedIn' })
export const Account = z.object({ user: User }).meta({ id: 'Account' })
