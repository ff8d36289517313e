import { randomBytes } from 'node:crypto'
import type { OneTimeLink } from '../contract/index.ts'
import type { OneTimeLinkRow } from '../db/tables.ts'
import { hashToken } from '../hash-token.ts'

const HOUR = 3_600_000

/** The page that a link of each kind opens, and the milliseconds for which it is valid. */
const kinds = {
  reset: { path: '/reset-password', validFor: 24 * HOUR },
  invitation: { path: '/register', validFor: 7 * 24 * HOUR },
}

/**
 * Makes a link on the site `origin`: what the owner passes on, and the row to store, which has only the token's hash.
 * The token follows the `#`, so that browsers send it to no server and in no `Referer`.
 */
export function makeOneTimeLink(
  kind: OneTimeLinkRow['kind'],
  { origin, userId, now }: { origin: string; userId: string | null; now: number },
): { link: OneTimeLink; row: OneTimeLinkRow } {
  const { path, validFor } = kinds[kind]
  const token = randomBytes(32).toString('base64url')
  const expiresAt = now + validFor
  return {
    link: { url: `${origin}${path}#${token}`, expiresAt: new Date(expiresAt).toISOString() },
    row: { hash: hashToken(token), kind, user_id: userId, created_at: now, expires_at: expiresAt },
  }
}
