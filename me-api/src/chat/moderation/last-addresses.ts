import type { Clock } from '../../clock.ts'
import type { AddressHashes, AddressHashesOf } from './address-hash.ts'
import type { LastAddressesStore } from './last-addresses.store.ts'

/** Milliseconds after which it is forgotten where somebody was: as long as a ban lasts where nobody says. */
export const ADDRESS_KEPT = 24 * 3_600_000
/** Notes in memory before they are written down ahead of their time. */
const NOTED_MAX = 1_000
/** People noted at most while the database cannot be written; beyond them the first noted are forgotten. */
const HELD_MAX = 20_000

type Parts = { store: LastAddressesStore; clock: Clock; addressHashesOf: AddressHashesOf }

/**
 * Where everybody was last seen, for a ban to come: only as keyed hashes, and only for a day. It is written down
 * now and then, many in one go, as it is worth no disk sync of its own.
 */
export function createLastAddresses({ store, clock, addressHashesOf }: Parts) {
  const noted = new Map<string, { keys: AddressHashes; seen_at: number }>()
  let notes = 0

  /** Writes down what was noted. */
  async function keep(): Promise<void> {
    const rows = [...noted].map(([person_id, { keys, seen_at }]) => ({ person_id, ...keys, seen_at }))
    await store.keep(rows)
    for (const { person_id, seen_at } of rows)
      if (noted.get(person_id)?.seen_at === seen_at) noted.delete(person_id)
  }

  return {
    keep,
    forgetOld: () => store.forgetBefore(clock.now() - ADDRESS_KEPT),

    /** Somebody has come from there. */
    note(personId: string, address: string | null): void {
      const keys = addressHashesOf(address)
      if (keys === null) return
      noted.set(personId, { keys, seen_at: clock.now() })
      const [first = ''] = noted.keys()
      if (noted.size > HELD_MAX) noted.delete(first)
      notes = (notes + 1) % NOTED_MAX
      // What cannot be written now stays noted, and is tried again.
      if (notes === 0) void keep().catch(() => {})
    },

    of: async (personId: string): Promise<AddressHashes | null> =>
      noted.get(personId)?.keys ?? (await store.of(personId)),
  }
}

export type LastAddresses = ReturnType<typeof createLastAddresses>
