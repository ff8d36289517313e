import type { Person } from '../../contract/index.ts'
import type { SanctionRow } from '../../db/tables.ts'
import type { Clock } from '../../clock.ts'
import type { ActiveSanctions } from './active-sanctions.ts'
import type { ModerationStore } from './moderation.store.ts'

/**
 * Milliseconds before a ban: the ban of an address spares a visitor who was created earlier than this and has
 * written.
 */
const OLDER_BY = 24 * 3_600_000

type Parts = {
  sanctions: Pick<ActiveSanctions, 'closing' | 'mayPass' | 'mayBeHere' | 'mayWrite'>
  store: Pick<ModerationStore, 'visitorMadeAt' | 'wroteBefore'>
  clock: Clock
}

/**
 * Checks bans of persons and of their addresses. The ban of an address also covers visitors created there before it,
 * because identities cost nothing. Because people share addresses, it spares members, and visitors who were older
 * than a day and had written when it began.
 */
export function createSanctionChecks({ sanctions, store, clock }: Parts) {
  async function mayComeFrom({ id, role }: Person, address: string | null): Promise<void> {
    if (role !== 'visitor') return
    const bans = sanctions.closing(address)
    if (bans.length === 0) return
    const madeAt = (await store.visitorMadeAt(id)) ?? Infinity
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

export type SanctionChecks = ReturnType<typeof createSanctionChecks>
