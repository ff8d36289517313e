import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import { handler } from 'altcha-lib/workers/shared'

/** Browsers have their own PBKDF2 only over https and on localhost; on a LAN address over http this slower one is used. */
const withoutSubtle: typeof deriveKey = async ({ cost, keyLength }, salt, password) => ({
  parameters: {},
  derivedKey: pbkdf2(sha256, password, salt, { c: cost, dkLen: keyLength }),
})

/** Tries one counter after the other in a worker, until the derived key begins as the challenge requires. */
handler({ deriveKey: globalThis.isSecureContext ? deriveKey : withoutSubtle })
