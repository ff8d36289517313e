import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { UsedOnce } from '../db/used-once.ts'

/** Milliseconds for which a challenge is valid. */
export const CHALLENGE_LASTS = 5 * 60_000
/** Bytes of a challenge: random ones, the end of its validity, and a tag (HMAC) of both. */
const [RANDOM, END, TAG] = [16, 8, 32]

type Parts = {
  clock: Pick<Clock, 'now' | 'monotonic'>
  /** Says of all nodes whether a challenge is presented for the first time; null where there is one node. */
  usedOnce: UsedOnce | null
  /** What the nodes' key derives from. */
  secret: string
}

/**
 * Challenges that passkeys sign. A challenge carries its own end and a tag (HMAC), so that nothing is stored for
 * those who only ask for one, and no number of them displaces another's. A presented one is remembered until it is no
 * longer valid. The only node makes its key at each start, so that after a restart no earlier challenge is valid. Several
 * nodes share a key, and the system's time, because the answer may come to another one; the database remembers for all.
 */
export function createPasskeyChallenges({ clock, usedOnce, secret }: Parts) {
  const key = usedOnce ? createHmac('sha256', secret).update('passkey challenges').digest() : randomBytes(32)
  const { monotonic } = clock
  const now = usedOnce ? clock.now : monotonic
  /** Presented challenges, and from when on each can be forgotten, the earliest first. */
  const used = new Map<string, number>()

  const tagOf = (purpose: string, body: Uint8Array): Buffer =>
    createHmac('sha256', key).update(`${purpose}\n`).update(body).digest()

  function forgetEnded(): void {
    for (const [challenge, until] of used) {
      if (until > monotonic()) return
      used.delete(challenge)
    }
  }

  return {
    /** Makes a challenge for one purpose, which includes the user if there is one. */
    make(purpose: string): Buffer<ArrayBuffer> {
      const body = Buffer.concat([randomBytes(RANDOM), Buffer.alloc(END)])
      body.writeDoubleBE(now() + CHALLENGE_LASTS, RANDOM)
      return Buffer.concat([body, tagOf(purpose, body)])
    },

    /** Whether a challenge in base64url was made for this purpose, is still valid and is presented for the first time. */
    async use(purpose: string, challenge: string): Promise<boolean> {
      const bytes = Buffer.from(challenge, 'base64url')
      if (bytes.length !== RANDOM + END + TAG || bytes.toString('base64url') !== challenge) return false
      const body = bytes.subarray(0, RANDOM + END)
      if (!timingSafeEqual(bytes.subarray(RANDOM + END), tagOf(purpose, body))) return false
      forgetEnded()
      if (body.readDoubleBE(RANDOM) <= now() || used.has(challenge)) return false
      used.set(challenge, monotonic() + CHALLENGE_LASTS)
      return usedOnce ? usedOnce(`challenge ${challenge}`) : true
    },
  }
}

export type PasskeyChallenges = ReturnType<typeof createPasskeyChallenges>
