import type { Person } from '../contract/index.ts'
import type { SanctionRow } from '../db/tables.ts'
import type { Clock } from '../clock.ts'
import type { Sanctions } from './sanctions.ts'
import type { VisitorsStore } from './visitors.store.ts'

/** Milliseconds that a visitor is older than a ban of their address, which then is not about them. */
const OLDER_BY = 24 * 3_600_000

type Parts = {
  sanctions: Pick<Sanctions, 'closing' | 'mayPass' | 'mayBeHere' | 'mayWrite'>
  store: Pick<VisitorsStore, 'byId' | 'wroteBefore'>
  clock: Clock
}

/**
 * Who may be here and write, from where they are: a ban of an address is also for visitors' identities there, as they
 * cost nothing and may have been made before. Addresses are shared, so that it is not for members, and not for visitors
 * who were older than a day and had written when it began.
 */
export function createAddressBans({ sanctions, store, clock }: Parts) {
  async function mayComeFrom({ id, role }: Person, address: string | null): Promise<void> {
    if (role !== 'visitor') return
    const bans = sanctions.closing(address)
    if (bans.length === 0) return
    const madeAt = (await store.byId(id))?.created_at ?? Infinity
    const covering: SanctionRow[] = []
    for (const ban of bans) {
      const began = ban.banned_at ?? clock.now()
      if (madeAt > began - OLDER_BY || !(await store.wroteBefore(id, began))) covering.push(ban)
    }
    sanctions.mayPass(covering)
  }

  return {
    /** @throws {Refusal} BANNED, with the seconds until it ends */
    async mayBeHere(person: Person, address: string | null): Promise<void> {
      sanctions.mayBeHere(person.id)
      await mayComeFrom(person, address)
    },

    /** @throws {Refusal} BANNED, MUTED, with the seconds until it ends */
    async mayWrite(person: Person, address: string | null): Promise<void> {
      sanctions.mayWrite(person.id)
      await mayComeFrom(person, address)
    },
  }
}

export type AddressBans = ReturnType<typeof createAddressBans>
