import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
/** Bytes of the nonce and of the authentication tag (NIST SP 800-38D). */
const [NONCE, TAG] = [12, 16]

/**
 * Encrypts secrets that the server has to read again, unlike passwords, so that they are unreadable in a stolen
 * database or backup. The first secret encrypts, all secrets decrypt. `owner` is authenticated too, so that a value
 * copied to another row does not decrypt.
 */
export function createEncryptionAtRest(secrets: string[]) {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'me: sealed', 32)))
  const [sealing] = keys
  if (!sealing) throw new Error('at least one secret is needed')

  return {
    seal(text: string, owner: string): string {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(CIPHER, sealing, nonce).setAAD(Buffer.from(owner))
      const sealed = [cipher.update(text, 'utf8'), cipher.final()]
      return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64url')
    },

    /**
     * Decrypts a value. `isOld` means that a secret other than the first encrypted it. Returns null if none of the
     * secrets decrypts it.
     */
    open(sealed: string, owner: string): { text: string; isOld: boolean } | null {
      for (const key of keys) {
        const text = openWith(key, Buffer.from(sealed, 'base64url'), owner)
        if (text !== null) return { text, isOld: key !== sealing }
      }
      return null
    },
  }
}

export type EncryptionAtRest = ReturnType<typeof createEncryptionAtRest>

function openWith(key: Buffer, bytes: Buffer, owner: string): string | null {
  try {
    const opener = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
    return opener.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + opener.final('utf8')
  } catch {
    return null
  }
}
