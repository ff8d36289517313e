import { createHmac, randomInt } from 'node:crypto'
import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { Challenge } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import { networkOf } from '../../http/network-address.ts'
import type { JoinPressure } from './join-pressure.ts'

/** Milliseconds in which a challenge can be solved and used. */
const VALID_FOR = 5 * 60_000
/** What one try costs in rounds of PBKDF2, for the server once a challenge, and how many tries the least takes. */
const ROUNDS = 1_000
const TRIES = 500
/** Solutions remembered as used; each has cost somebody a second of computing, and is forgotten once it is too old. */
const USED_MAX = 100_000

/** What a proof holds: the challenge as it was given out, and what solves it. */
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
}

/**
 * Has a newcomer's machine work for about a second before it gets an identity: always, never, or only under pressure,
 * and then the longer the more press in. Challenges are ALTCHA's, signed, so that nothing is kept of one until it is
 * solved, and each is worth something once, for a few minutes, and to the address that asked for it.
 */
export function createProofOfWork({ mode, secret, pressure, clock }: Parts) {
  const keyFor = (use: string) => createHmac('sha256', secret).update(`proof of work: ${use}`).digest('hex')
  const [hmacSignatureSecret, hmacKeySignatureSecret] = [keyFor('challenge'), keyFor('solution')]
  /** Signatures of challenges that were solved, with the time from which they are too old anyhow. */
  const used = new Map<string, number>()

  const level = (address: string | null): number =>
    mode === 'on' ? Math.max(1, pressure.level(address)) : pressure.level(address)

  /** The fewest tries that a proof takes from there now. */
  const leastNow = (address: string | null): number => TRIES * 2 ** Math.max(0, level(address) - 1)

  /** An address is not told, not even to the one who has it. */
  const placeOf = (address: string | null): string =>
    keyFor(`from ${address === null ? '' : networkOf(address)}`)

  /** About as many tries as each other challenge of its level, so that nobody is unlucky. */
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
   * Checks that a new identity may come from there. Call it once for each, after all other checks, as requests that are
   * refused for another reason add no pressure.
   * @throws {Refusal} PROOF_REQUIRED where work is wanted and this is no proof of it
   */
  async function mayJoin(address: string | null, proof: string | null): Promise<void> {
    if (mode === 'off') return
    const attempt = pressure.noticed(address)
    if (level(address) > 0) await mustBeProved(address, proof, attempt)
  }

  /**
   * The same for an account, which is another identity. Asked for only under pressure, as it takes an e-mail address, a
   * password's hash and a share of the joins already.
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
   * What was fetched while it was cheap is worth little when it is dear, else a raid would begin with a stock of it; half
   * of what is asked for now will do, as it may have risen while somebody computed.
   */
  async function isGood({ challenge, solution }: Proof, address: string | null): Promise<boolean> {
    const { place, until, least } = challenge.parameters.data
    if (place !== placeOf(address) || until <= clock.now() || used.has(challenge.signature)) return false
    if (2 * least < leastNow(address)) return false
    const secrets = { hmacSignatureSecret, hmacKeySignatureSecret }
    const { verified } = await verifySolution({ challenge, solution, deriveKey, ...secrets })
    // Looked at again, as another may have come with the same one meanwhile.
    if (!verified || used.has(challenge.signature)) return false
    remember(challenge.signature, until)
    return true
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

/** Base64 of JSON, as ALTCHA's own clients send it. */
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
    'Many come in at once: solve GET /api/chat/challenge, and send it as `proof`.',
  )
