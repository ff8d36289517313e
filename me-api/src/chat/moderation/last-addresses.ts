import type { Clock } from '../../clock.ts'
import type { AddressHashes, AddressHashesOf } from './address-hash.ts'
import type { LastAddressesStore } from './last-addresses.store.ts'

/** Milliseconds after which a person's last address is deleted: the default length of a ban. */
export const ADDRESS_KEPT = 24 * 3_600_000
/** Notes after which the pending ones are stored ahead of schedule. */
const NOTED_MAX = 1_000
/** The most people pending while the database cannot be written; beyond them the earliest are dropped. */
const HELD_MAX = 20_000

/** Milliseconds until a new address is stored where there are several nodes: a ban may be given on another one. */
const SHARED_AFTER = 1_000

type Parts = {
  store: LastAddressesStore
  clock: Clock
  addressHashesOf: AddressHashesOf
  /** Whether there are several nodes. */
  isShared?: boolean
}

/**
 * The address at which each person was last seen, for a later ban: only as keyed hashes, and only for a day. It is
 * stored in batches, because it is not worth a disk sync of its own.
 */
export function createLastAddresses({ store, clock, addressHashesOf, isShared = false }: Parts) {
  const noted = new Map<string, { keys: AddressHashes; seen_at: number }>()
  /** The stored address of each person, where there are several nodes; the latest last. */
  const stored = new Map<string, string>()
  let notes = 0
  let isKeepDue = false

  /** Stores a new address soon, which no other node knows. */
  function keepSoon(personId: string, { address_key }: AddressHashes): void {
    if (!isShared || isKeepDue || stored.get(personId) === address_key) return
    isKeepDue = true
    clock.after(SHARED_AFTER, () => {
      isKeepDue = false
      void keep().catch(() => {})
    })
  }

  function isStored(personId: string, { address_key }: AddressHashes): void {
    if (!isShared) return
    stored.delete(personId)
    stored.set(personId, address_key)
    const [earliest = ''] = stored.keys()
    if (stored.size > HELD_MAX) stored.delete(earliest)
  }

  /** Stores the pending notes. */
  async function keep(): Promise<void> {
    const rows = [...noted].map(([person_id, { keys, seen_at }]) => ({ person_id, ...keys, seen_at }))
    await store.keep(rows)
    for (const { person_id, seen_at, ...keys } of rows) {
      isStored(person_id, keys)
      if (noted.get(person_id)?.seen_at === seen_at) noted.delete(person_id)
    }
  }

  return {
    keep,
    forgetOld: () => store.forgetBefore(clock.now() - ADDRESS_KEPT),

    /** Notes that a person has connected or written from an address. */
    note(personId: string, address: string | null): void {
      const keys = addressHashesOf(address)
      if (keys === null) return
      noted.set(personId, { keys, seen_at: clock.now() })
      const [first = ''] = noted.keys()
      if (noted.size > HELD_MAX) noted.delete(first)
      keepSoon(personId, keys)
      notes = (notes + 1) % NOTED_MAX
      // A note that cannot be stored stays pending and is tried again.
      if (notes === 0) void keep().catch(() => {})
    },

    of: async (personId: string): Promise<AddressHashes | null> =>
      noted.get(personId)?.keys ?? (await store.of(personId)),
  }
}

export type LastAddresses = ReturnType<typeof createLastAddresses>
