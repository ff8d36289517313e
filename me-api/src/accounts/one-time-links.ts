import { randomBytes } from 'node:crypto'
import type { OneTimeLink } from '../contract/index.ts'
import type { OneTimeLinkRow } from '../db/tables.ts'
import { hashToken } from '../hash-token.ts'

const HOUR = 3_600_000

/**
 * What a link of each purpose is stored as, the page that it opens, and the milliseconds for which it is valid: `reset` is
 * what the owner passes on, `forgotten` what is mailed to whoever says so.
 */
const purposes = {
  reset: { kind: 'reset', path: '/reset-password', validFor: 24 * HOUR },
  forgotten: { kind: 'reset', path: '/reset-password', validFor: HOUR / 2 },
  invitation: { kind: 'invitation', path: '/register', validFor: 7 * 24 * HOUR },
} as const

/**
 * Makes a link on the site `origin`: what is passed on, and the row to store, which has only the token's hash.
 * The token follows the `#`, so that browsers send it to no server and in no `Referer`.
 */
export function makeOneTimeLink(
  purpose: keyof typeof purposes,
  { origin, userId, now }: { origin: string; userId: string | null; now: number },
): { link: OneTimeLink; row: OneTimeLinkRow } {
  const { kind, path, validFor } = purposes[purpose]
  const token = randomBytes(32).toString('base64url')
  const expiresAt = now + validFor
  return {
    link: { url: `${origin}${path}#${token}`, expiresAt: new Date(expiresAt).toISOString() },
    row: { hash: hashToken(token), kind, user_id: userId, created_at: now, expires_at: expiresAt },
  }
}
