import { hash, verify } from '@node-rs/argon2'
import { Refusal } from '../errors.ts'
import { createConcurrencyGate } from './concurrency-gate.ts'

/** For argon2id, the library's default, by OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/**
 * Limits hashing to two at once: argon2 computes in libuv's pool of four threads, which file reads and DNS look-ups need
 * as well. The process has one gate, as it has one pool.
 */
const gate = createConcurrencyGate({ atOnce: 2, waitingMax: 32, busy })

/** Whether whoever sent the password is gone, so that nobody waits for the answer. */
export type HasLeft = () => boolean

/** @throws {Refusal} UNAVAILABLE where too many wait, or where its turn comes when the sender has left */
export const hashPassword = (password: string, hasLeft: HasLeft = () => false): Promise<string> =>
  gate(async () => {
    if (hasLeft()) throw busy()
    return hash(password, parameters)
  })

/** Verified where there is no account, so that the answer takes as long as for a wrong password. */
const nobodys = hash(crypto.randomUUID(), parameters)

/**
 * False where its turn comes when the sender has left: nobody hears the answer, and it counts as a failure, else
 * queueing would cost whoever sends and leaves nothing.
 * @throws {Refusal} UNAVAILABLE where too many wait
 */
export async function verifyPassword(
  password: string,
  passwordHash: string | undefined,
  hasLeft: HasLeft,
): Promise<boolean> {
  const known = passwordHash ?? (await nobodys)
  const right = await gate(async () => !hasLeft() && verify(known, password))
  return right && passwordHash !== undefined
}

/** Whether a hash was made when less was asked of one: by another algorithm, in less memory, in fewer passes. */
export function isWeak(passwordHash: string): boolean {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(passwordHash) ?? []
  return !(Number(memory) >= parameters.memoryCost && Number(time) >= parameters.timeCost)
}

function busy(): Refusal {
  return new Refusal('UNAVAILABLE', 'Very many sign in just now. Try again in a moment.', { retryAfter: 2 })
}
