import { hash, verify } from '@node-rs/argon2'
import { Refusal } from '../errors.ts'
import { createConcurrencyGate } from './concurrency-gate.ts'

/**
 * Parameters of argon2id (the library's default), from OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one
 * lane.
 */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/**
 * Limits hashing to two at once: argon2 computes in libuv's pool of four threads, which file reads and DNS look-ups
 * also need. The process has one pool, hence one gate.
 */
const gate = createConcurrencyGate({ atOnce: 2, waitingMax: 32, busy })

/** Whether the client has disconnected, so that nobody waits for the answer. */
export type HasLeft = () => boolean

/**
 * Hashes a password.
 * @throws {Refusal} UNAVAILABLE if the queue is full, or if the client has disconnected meanwhile
 */
export const hashPassword = (password: string, hasLeft: HasLeft = () => false): Promise<string> =>
  gate(async () => {
    if (hasLeft()) throw busy()
    return hash(password, parameters)
  })

/** Verified if there is no account, so that the answer takes as long as for a wrong password. */
const dummyHash = hash(crypto.randomUUID(), parameters)

/**
 * Verifies a password. Returns false if the client has disconnected meanwhile: that counts as a failed attempt,
 * because otherwise clients could fill the queue for free.
 * @throws {Refusal} UNAVAILABLE if the queue is full
 */
export async function verifyPassword(
  password: string,
  passwordHash: string | undefined,
  hasLeft: HasLeft,
): Promise<boolean> {
  const expected = passwordHash ?? (await dummyHash)
  const right = await gate(async () => !hasLeft() && verify(expected, password))
  return right && passwordHash !== undefined
}

/** Whether a hash uses another algorithm, less memory or fewer passes than the current parameters. */
export function isWeak(passwordHash: string): boolean {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(passwordHash) ?? []
  return !(Number(memory) >= parameters.memoryCost && Number(time) >= parameters.timeCost)
}

function busy(): Refusal {
  return new Refusal('UNAVAILABLE', 'Too many people are signing in. Try again in a moment.', {
    retryAfter: 2,
  })
}
