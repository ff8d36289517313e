import type { Selectable } from 'kysely'
import { inChunks } from '../../in-chunks.ts'
import type { Database, PlacesTable } from '../../db/tables.ts'
import type { AddressHashes } from './address-hash.ts'

/** The SQL of the addresses, as hashes, at which people were last seen. */
export function createLastAddressesStore(db: Database) {
  return {
    async keep(rows: Selectable<PlacesTable>[]): Promise<void> {
      for (const some of inChunks(rows))
        await db
          .insertInto('places')
          .values(some)
          .onConflict((conflict) =>
            conflict.column('person_id').doUpdateSet((row) => ({
              address_key: row.ref('excluded.address_key'),
              address_key_56: row.ref('excluded.address_key_56'),
              address_key_48: row.ref('excluded.address_key_48'),
              seen_at: row.ref('excluded.seen_at'),
            })),
          )
          .execute()
    },

    async forgetBefore(time: number): Promise<void> {
      await db.deleteFrom('places').where('seen_at', '<', time).execute()
    },

    of: async (personId: string): Promise<AddressHashes | null> => {
      const row = await db
        .selectFrom('places')
        .select(['address_key', 'address_key_56', 'address_key_48'])
        .where('person_id', '=', personId)
        .executeTakeFirst()
      return row ?? null
    },
  }
}

export type LastAddressesStore = ReturnType<typeof createLastAddressesStore>
