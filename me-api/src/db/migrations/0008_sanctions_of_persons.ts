import type { Kysely } from 'kysely'

/**
 * Applies sanctions to persons: identities have a person. Bans of addresses have the wider networks of the address
 * and which of them they block, and may have a reason. Every new column is nullable, so that an older version still
 * runs on this database; existing rows are bans of the narrow network without a reason.
 */
export const sanctionsOfPersons = {
  async up(db: Kysely<unknown>): Promise<void> {
    // SQLite adds one column at a time.
    for (const table of ['users', 'visitors']) {
      await db.schema.alterTable(table).addColumn('person', 'text').execute()
      await db.schema.createIndex(`${table}_person`).on(table).column('person').execute()
    }
    await db.schema.createIndex('visitors_tab').on('visitors').column('tab').execute()
    for (const table of ['sanctions', 'places'])
      for (const column of ['address_key_56', 'address_key_48'])
        await db.schema.alterTable(table).addColumn(column, 'text').execute()
    await db.schema.alterTable('sanctions').addColumn('closed_bits', 'integer').execute()
    await db.schema.alterTable('sanctions').addColumn('banned_at', 'bigint').execute()
    for (const column of ['mute_reason', 'ban_reason'])
      await db.schema.alterTable('sanctions').addColumn(column, 'text').execute()
    await db.schema.alterTable('moderation_log').addColumn('reason', 'text').execute()
  },
}
