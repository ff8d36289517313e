import { createHmac, randomInt } from 'node:crypto'
import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { UsedOnce } from '../../db/used-once.ts'
import { Challenge } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { networkOf } from '../../http/network-address.ts'
import type { JoinPressure } from './join-pressure.ts'

/** Milliseconds during which a challenge can be solved and used. */
const VALID_FOR = 5 * 60_000
/** Milliseconds by which the clocks of two nodes may differ. */
const CLOCKS_DIFFER = 60_000
/** Rounds of PBKDF2 per try, which the server computes once per challenge, and the fewest tries a solution needs. */
const ROUNDS = 1_000
const TRIES = 500
/** The most used solutions in memory. Each has cost a client a second of computing and is dropped when it expires. */
const USED_MAX = 100_000

/** A proof: the challenge as issued, and its solution. */
const Proof = z.object({
  challenge: Challenge,
  solution: z.object({ counter: z.int(), derivedKey: z.string() }),
})
type Proof = z.output<typeof Proof>

type Parts = {
  mode: 'auto' | 'on' | 'off'
  /** Signs challenges. */
  secret: string
  pressure: JoinPressure
  clock: Clock
  /** Says of all nodes whether a solution is used for the first time; null where there is one node. */
  usedOnce: UsedOnce | null
}

/**
 * Demands about a second of computing before a newcomer gets an identity: always, never, or only under pressure, and
 * then more with more pressure. Challenges are signed (ALTCHA), so that the server stores none until it is solved.
 * Each is valid once, for a few minutes, and for the address that requested it.
 */
export function createProofOfWork({ mode, secret, pressure, clock, usedOnce }: Parts) {
  const keyFor = (use: string) => createHmac('sha256', secret).update(`proof of work: ${use}`).digest('hex')
  const [hmacSignatureSecret, hmacKeySignatureSecret] = [keyFor('challenge'), keyFor('solution')]
  /** Milliseconds that a challenge may still be valid: those of a node whose clock is ahead seem to be so for longer. */
  const leftMax = VALID_FOR + (usedOnce ? CLOCKS_DIFFER : 0)
  /** Signatures of solved challenges, with the time at which they expire: all of the only node's. */
  const used = new Map<string, number>()

  const level = (address: string | null): number =>
    mode === 'on' ? Math.max(1, pressure.level(address)) : pressure.level(address)

  /** Returns the fewest tries that a proof from this address needs now. */
  const leastNow = (address: string | null): number => TRIES * 2 ** Math.max(0, level(address) - 1)

  /** Hides the address: the challenge contains only a keyed hash of its network. */
  const placeOf = (address: string | null): string =>
    keyFor(`from ${address === null ? '' : networkOf(address)}`)

  /** Issues a challenge. All challenges of a level need a similar number of tries, so that nobody is unlucky. */
  async function challenge(address: string | null): Promise<Challenge> {
    const least = leastNow(address)
    const made = await createChallenge({
      algorithm: 'PBKDF2/SHA-256',
      cost: ROUNDS,
      counter: randomInt(least, 2 * least),
      deriveKey,
      data: { place: placeOf(address), until: clock.now() + VALID_FOR, least },
      hmacSignatureSecret,
      hmacKeySignatureSecret,
    })
    return Challenge.parse(made)
  }

  /**
   * Checks that an address may create a new identity. The caller calls this once, after all other checks, so that
   * requests refused for another reason add no pressure.
   * @throws {Refusal} PROOF_REQUIRED if a proof is required and missing or invalid
   */
  async function mayJoin(address: string | null, proof: string | null): Promise<void> {
    if (mode === 'off') return
    const attempt = pressure.noticed(address)
    if (level(address) > 0) await mustBeProved(address, proof, attempt)
  }

  /**
   * Checks the same for an account. The proof is required only under pressure, because an account already needs an
   * e-mail address, a password's hash and a share of the joins.
   * @throws {Refusal} PROOF_REQUIRED
   */
  async function mayRegister(address: string | null, proof: string | null): Promise<void> {
    if (mode === 'off') return
    const attempt = pressure.noticed(address)
    if (pressure.level(address) > 0) await mustBeProved(address, proof, attempt)
  }

  async function mustBeProved(
    address: string | null,
    proof: string | null,
    attempt: ReturnType<JoinPressure['noticed']>,
  ): Promise<void> {
    attempt.held()
    const given = proof === null ? null : read(proof)
    if (!given || !(await isGood(given, address))) throw required()
    attempt.proved()
  }

  /**
   * Checks a proof. Challenges issued under low pressure lose their value under high pressure, so that a raid cannot
   * stockpile them. Half of the work required now is enough, because the pressure may have risen while the client
   * computed.
   */
  async function isGood({ challenge, solution }: Proof, address: string | null): Promise<boolean> {
    const { place, until, least } = challenge.parameters.data
    const left = until - clock.now()
    // More than the whole time is left where the system's time was set back.
    if (left <= 0 || left > leftMax) return false
    if (place !== placeOf(address) || used.has(challenge.signature)) return false
    if (2 * least < leastNow(address)) return false
    const secrets = { hmacSignatureSecret, hmacKeySignatureSecret }
    const { verified } = await verifySolution({ challenge, solution, deriveKey, ...secrets })
    // Checked again, because another request may have used the same solution meanwhile.
    if (!verified || used.has(challenge.signature)) return false
    remember(challenge.signature, until)
    return usedOnce ? usedOnce(`proof ${challenge.signature}`) : true
  }

  function remember(signature: string, until: number): void {
    for (const [one, end] of used) {
      if (end > clock.now() && used.size < USED_MAX) break
      used.delete(one)
    }
    used.set(signature, until)
  }

  return { challenge, mayJoin, mayRegister }
}

export type ProofOfWork = ReturnType<typeof createProofOfWork>

/** Reads base64 of JSON, the format of ALTCHA's clients. */
function read(proof: string): Proof | null {
  try {
    return Proof.parse(JSON.parse(Buffer.from(proof, 'base64').toString()))
  } catch {
    return null
  }
}

const required = () =>
  new Refusal(
    'PROOF_REQUIRED',
    'Many people are joining. Solve GET /api/chat/challenge and send the solution as `proof`.',
  )
