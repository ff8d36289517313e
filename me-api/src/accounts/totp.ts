import { createHash, randomInt } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** Steps of half a minute that a phone's clock may be off, either way (RFC 6238 §5.2 advises one). */
const DRIFT = 1
const RECOVERY_CODES = 8

/** A new key of 160 bits, as RFC 4226 §4 advises, in the letters that apps take. */
export const newKey = (): string => new Secret({ size: 20 }).base32

/** What an app reads from a QR code. */
export const uriOf = (key: string, site: string, email: string): string =>
  new TOTP({ issuer: site, label: email, secret: key }).toString()

/** The step whose code this is, counted from 1970; null where it is no code of these minutes. */
export function stepOf(code: string, key: string, now: number): number | null {
  // The library compares bytes, and fails where the letters are as many and the bytes are not.
  if (!/^[0-9]{6}$/.test(code)) return null
  const totp = new TOTP({ secret: key })
  const drift = totp.validate({ token: code, timestamp: now, window: DRIFT })
  return drift === null ? null : totp.counter({ timestamp: now }) + drift
}

/** Twenty digits, 66 bits: too many to guess even for who has the hashes, and every phone's keypad has them. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: 5 }, () => String(randomInt(10_000)).padStart(4, '0')).join(' '),
  )

export const hashOf = (recoveryCode: string, userId: string): string =>
  createHash('sha256')
    .update(`${userId} ${digitsOf(recoveryCode)}`)
    .digest('base64url')

/** A code as it counts: spaces and hyphens are for the eye. */
export const digitsOf = (code: string): string => code.replace(/[\s-]/g, '')
