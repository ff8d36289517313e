import type { Clock } from '../../clock.ts'
import type { Moderation } from '../../contract/index.ts'
import type { SanctionRow } from '../../db/tables.ts'
import type { LastAddresses } from './last-addresses.ts'
import type { ActiveSanctions } from './active-sanctions.ts'

export type Identified = { id: string; nick: string }

type Parts = {
  sanctions: Pick<ActiveSanctions, 'of' | 'bitsToClose'>
  lastAddresses: Pick<LastAddresses, 'of'>
  clock: Clock
}

/** Computes the sanctions that follow from the owner's orders. */
export function createOrderedSanctions({ sanctions, lastAddresses, clock }: Parts) {
  const under = (one: Identified): SanctionRow => ({
    ...(sanctions.of(one.id) ?? unsanctioned(one)),
    nick: one.nick,
  })

  /** Bans an identity, and blocks the address at which it was last seen. */
  async function ban(one: Identified, ids: ReadonlySet<string>): Promise<SanctionRow> {
    const former = under(one)
    const began = former.banned_until > clock.now() ? former.banned_at : clock.now()
    const keys = await lastAddresses.of(one.id)
    return {
      ...former,
      ...(keys && { ...keys, closed_bits: sanctions.bitsToClose(keys, ids) }),
      banned_at: began,
    }
  }

  return {
    /**
     * Returns the sanctions of one person's identities after an order that ends at `until`, in milliseconds since
     * 1970.
     */
    async of(identities: Identified[], order: Moderation, until: number): Promise<SanctionRow[]> {
      const { action, reason = null } = order
      if (action === 'erase') return []
      if (action === 'forgive') return identities.map(unsanctioned)
      if (action === 'mute')
        return identities.map((one) => ({ ...under(one), muted_until: until, mute_reason: reason }))
      const ids = new Set(identities.map(({ id }) => id))
      const bans: SanctionRow[] = []
      // One after the other: a person may have more names than the database has connections.
      for (const one of identities)
        bans.push({ ...(await ban(one, ids)), banned_until: until, ban_reason: reason })
      return bans
    },

    /**
     * Returns the sanction that a new identity inherits from its person's other identities, or null. It blocks no
     * address.
     */
    carried(identity: Identified, others: Identified[]): SanctionRow | null {
      const rows = others.flatMap(({ id }) => sanctions.of(id) ?? [])
      const muting = lasting(rows, 'muted_until')
      const banning = lasting(rows, 'banned_until')
      if (!muting && !banning) return null
      return {
        ...unsanctioned(identity),
        ...(muting && { muted_until: muting.muted_until, mute_reason: muting.mute_reason }),
        ...(banning && { banned_until: banning.banned_until, ban_reason: banning.ban_reason }),
      }
    },
  }
}

const unsanctioned = ({ id, nick }: Identified): SanctionRow => ({
  person_id: id,
  nick,
  muted_until: 0,
  banned_until: 0,
  address_key: null,
  address_key_56: null,
  address_key_48: null,
  closed_bits: null,
  banned_at: null,
  mute_reason: null,
  ban_reason: null,
})

/** Returns the sanction that ends last; undefined for an empty list. */
const lasting = (rows: SanctionRow[], end: 'muted_until' | 'banned_until'): SanctionRow | undefined =>
  rows.filter((row) => row[end] > 0).toSorted((one, other) => other[end] - one[end])[0]
