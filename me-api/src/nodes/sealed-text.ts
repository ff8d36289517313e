import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/** Characters of a sender's name, which is a UUID. */
const SENDER = 36
/** AES-256-GCM as NIST SP 800-38D recommends it: bytes of the nonce and of the tag. */
const CIPHER = 'aes-256-gcm'
const NONCE = 12
const TAG = 16
/** A UUID, and at least nonce and tag in base64. */
const SEALED = /^[\da-f-]{36}[A-Za-z\d+/]{38,}={0,2}$/

/**
 * Texts that only those can read and write who know a secret. The first one seals; all of them open, so that secrets can
 * be replaced node by node. `sender` is a UUID that nobody has used before: it stands before the text, which is sealed
 * with a key of its own, so that no number of senders uses up the random nonces of one key.
 */
export function createSealedTexts(secrets: string[], sender: string) {
  const keys = secrets.map((secret) => createHmac('sha256', secret).update('nodes').digest())
  const keyOf = (key: Buffer, sender: string) => createHmac('sha256', key).update(sender).digest()
  const ownKey = keyOf(keys[0]!, sender)

  function openWith(key: Buffer, sealed: Buffer): string | null {
    const opener = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    opener.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
    try {
      return opener.update(sealed.subarray(NONCE + TAG), undefined, 'utf8') + opener.final('utf8')
    } catch {
      return null
    }
  }

  return {
    seal(text: string): string {
      const nonce = randomBytes(NONCE)
      const sealer = createCipheriv(CIPHER, ownKey, nonce, { authTagLength: TAG })
      const sealed = Buffer.concat([sealer.update(text, 'utf8'), sealer.final()])
      return sender + Buffer.concat([nonce, sealer.getAuthTag(), sealed]).toString('base64')
    },

    /** Whether this sender has sealed it, or somebody says so. */
    isOwn: (sealed: string): boolean => sealed.startsWith(sender),

    /** Whether it looks like what others seal, with whatever secret. */
    isSealed: (text: string): boolean => SEALED.test(text),

    /** Returns the text; null if nobody has sealed it who knows a secret. */
    open(text: string): string | null {
      const [from, sealed] = [text.slice(0, SENDER), Buffer.from(text.slice(SENDER), 'base64')]
      if (sealed.length < NONCE + TAG) return null
      for (const key of keys) {
        const opened = openWith(keyOf(key, from), sealed)
        if (opened !== null) return opened
      }
      return null
    },
  }
}
