import type { Person } from '../../contract/index.ts'
import type { ActiveSanctions } from '../moderation/active-sanctions.ts'
import type { ProofOfWork } from '../rate-limits/proof-of-work.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { Persons } from '../moderation/persons.ts'

/** The origin of a request for an identity: its address, or null if unknown, and its proof of work. */
export type Origin = { address: string | null; proof?: string | null | undefined }

type Parts = {
  limitJoins: Limiter
  proofOfWork: Pick<ProofOfWork, 'mayJoin' | 'mayRegister'>
  sanctions: Pick<ActiveSanctions, 'mayBeHere' | 'mayJoinFrom'>
  persons: Pick<Persons, 'personOf'>
}

/** Decides whether a person may get a new identity: a visitor's nick or an account. */
export function createAdmission({ limitJoins, proofOfWork, sanctions, persons }: Parts) {
  /**
   * Checks that neither the person's existing identity, if known, nor the address is banned.
   * @throws {Refusal} BANNED
   */
  function mayCome(makerId: string | null, address: string | null): void {
    if (makerId) sanctions.mayBeHere(makerId)
    sanctions.mayJoinFrom(address)
  }

  return {
    mayCome,

    /**
     * Checks the limit first, so that a refused join uses no proof and adds no pressure. A join refused for its proof
     * does not count.
     * @throws {Refusal} RATE_LIMITED, PROOF_REQUIRED
     */
    async mayJoin({ address, proof }: Origin): Promise<void> {
      limitJoins(address)
      try {
        await proofOfWork.mayJoin(address, proof ?? null)
      } catch (error) {
        limitJoins.giveBack(address)
        throw error
      }
    },

    /**
     * Checks whether a person may get an account. An account is another identity: it would let a banned person back
     * in, and it counts as a join even if a visitor registers. Returns the person it belongs to, if known, and
     * `proveWork`, which demands the proof of work (`PROOF_REQUIRED`). The caller calls `proveWork` after all other
     * checks, so that a registration refused for another reason adds no pressure.
     * @throws {Refusal} BANNED, RATE_LIMITED
     */
    async mayRegister(by: Person | null, { address, proof }: Origin) {
      mayCome(by?.id ?? null, address)
      limitJoins(address)
      return {
        person: await persons.personOf(by?.id ?? null),
        proveWork: () => proofOfWork.mayRegister(address, proof ?? null),
      }
    },
  }
}

export type Admission = ReturnType<typeof createAdmission>
