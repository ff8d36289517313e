import type { Person } from '../../contract/index.ts'
import type { ActiveSanctions } from '../moderation/active-sanctions.ts'
import type { ProofOfWork } from '../rate-limits/proof-of-work.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { Persons } from '../moderation/persons.ts'

/** Where somebody comes from: the address, null where it is not known, and the proof of work. */
export type Origin = { address: string | null; proof?: string | null | undefined }

type Parts = {
  limitJoins: Limiter
  proofOfWork: Pick<ProofOfWork, 'mayJoin' | 'mayRegister'>
  sanctions: Pick<ActiveSanctions, 'mayBeHere' | 'mayJoinFrom'>
  persons: Pick<Persons, 'personOf'>
}

/** Decides whether somebody may have a new identity: a visitor's nick, or an account. */
export function createAdmission({ limitJoins, proofOfWork, sanctions, persons }: Parts) {
  /** Whether whoever makes an identity, where that is known, and their address are free of bans. @throws {Refusal} BANNED */
  function mayCome(makerId: string | null, address: string | null): void {
    if (makerId) sanctions.mayBeHere(makerId)
    sanctions.mayJoinFrom(address)
  }

  return {
    mayCome,

    /**
     * Asks the limit first, so that a refused join uses no proof and adds no pressure. A join without a proof is not counted.
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
     * Whether somebody may have an account: it is another identity, with which whoever is banned would be back, and which
     * counts as one also where a visitor makes it. Answers which person's it will be, where that is known, and
     * `proveWork`, which asks for the proof of work (`PROOF_REQUIRED`) once nothing else is in the way: an account that is
     * refused anyway presses on nobody.
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
