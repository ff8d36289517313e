import { createHmac, timingSafeEqual } from 'node:crypto'

/** Characters of a signature: an HMAC-SHA256 in base64url. */
const LENGTH = 43

/**
 * Signatures that only those can make who know a secret, for one use: what is signed for another is not believed. The first
 * secret signs; all of them are believed, so that secrets can be replaced.
 */
export function createSignatures(secrets: string[], use: string) {
  const keys = secrets.map((secret) => createHmac('sha256', secret).update(use).digest())
  const signatureOf = (text: string, key: Buffer): string =>
    createHmac('sha256', key).update(text).digest('base64url')

  return {
    sign: (text: string): string => signatureOf(text, keys[0]!),

    isSigned(text: string, signature: string): boolean {
      const given = Buffer.from(signature)
      if (given.length !== LENGTH) return false
      return keys.some((key) => timingSafeEqual(given, Buffer.from(signatureOf(text, key))))
    },
  }
}

export type Signatures = ReturnType<typeof createSignatures>
