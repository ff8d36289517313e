import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'

type Row = { installation: { id: number; name: string; made_at: number } }

/**
 * Adds a name of the installation, created once, so that all nodes of one database and a restored backup share it;
 * and when and by what kind of browser each session was used. Existing sessions stay valid.
 */
export const sessions = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('installation')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('made_at', 'bigint', (column) => column.notNull())
      .execute()
    await (db as Kysely<Row>)
      .insertInto('installation')
      .values({ id: 1, name: randomUUID(), made_at: Date.now() })
      .execute()

    // SQLite adds one column at a time.
    await db.schema.alterTable('sessions').addColumn('browser', 'text').execute()
    await db.schema.alterTable('sessions').addColumn('system', 'text').execute()
    await db.schema
      .alterTable('sessions')
      .addColumn('used_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await sql`update sessions set used_at = created_at`.execute(db)
  },
}
