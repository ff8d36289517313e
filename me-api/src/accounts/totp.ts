import { createHash, randomInt } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** Steps of 30 seconds that a phone's clock may be off, in either direction (RFC 6238 §5.2 advises one). */
const DRIFT = 1
const RECOVERY_CODES = 8

/** Creates a key of 160 bits (RFC 4226 §4) in base32, which apps accept. */
export const newKey = (): string => new Secret({ size: 20 }).base32

/** The URI that an app reads from a QR code. */
export const uriOf = (key: string, site: string, email: string): string =>
  new TOTP({ issuer: site, label: email, secret: key }).toString()

/** Returns the step of this code, counted from 1970; null if it matches no current step. */
export function stepOf(code: string, key: string, now: number): number | null {
  // The library compares bytes and throws if two strings of equal length differ in bytes.
  if (!/^[0-9]{6}$/.test(code)) return null
  const totp = new TOTP({ secret: key })
  const drift = totp.validate({ token: code, timestamp: now, window: DRIFT })
  return drift === null ? null : totp.counter({ timestamp: now }) + drift
}

/**
 * Recovery codes of twenty digits, 66 bits: too many to guess even with the hashes, and every phone's keypad has
 * digits.
 */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: 5 }, () => String(randomInt(10_000)).padStart(4, '0')).join(' '),
  )

export const hashOf = (recoveryCode: string, userId: string): string =>
  createHash('sha256')
    .update(`${userId} ${digitsOf(recoveryCode)}`)
    .digest('base64url')

/** Strips the spaces and hyphens, which only aid reading. */
export const digitsOf = (code: string): string => code.replace(/[\s-]/g, '')
