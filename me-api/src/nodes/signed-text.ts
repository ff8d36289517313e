import { createHmac, timingSafeEqual } from 'node:crypto'

/** Characters of a signature: an HMAC-SHA256 in base64url. */
export const SIGNATURE_LENGTH = 43

/**
 * Texts that only those can write who know a secret. The first one signs; all of them are believed, so that secrets can
 * be replaced node by node.
 */
export function createSignedTexts(secrets: string[]) {
  const keys = secrets.map((secret) => createHmac('sha256', secret).update('nodes').digest())
  const signatureOf = (text: string, key: Buffer): string =>
    createHmac('sha256', key).update(text).digest('base64url')

  return {
    sign: (text: string): string => signatureOf(text, keys[0]!) + text,

    /** Returns the text without its signature, or null if nobody who knows a secret has written it. */
    open(signed: string): string | null {
      const [signature, text] = [signed.slice(0, SIGNATURE_LENGTH), signed.slice(SIGNATURE_LENGTH)]
      const given = Buffer.from(signature)
      if (given.length !== SIGNATURE_LENGTH) return null
      return keys.some((key) => timingSafeEqual(given, Buffer.from(signatureOf(text, key)))) ? text : null
    },
  }
}
