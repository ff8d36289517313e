import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'

export const moderationOf = (kind: DatabaseKind) => ({
  up: (db: Kysely<unknown>) => buildModeration(db, kind),
})

/** The log is append-only: the database refuses to change or remove a line. */
const onlyGrows: Record<DatabaseKind, string[]> = {
  sqlite: ['update', 'delete'].map(
    (act) =>
      `create trigger moderation_log_no_${act} before ${act} on moderation_log begin
         select raise(abort, 'the moderation log only grows');
       end`,
  ),
  postgres: [
    `create function moderation_log_only_grows() returns trigger language plpgsql as $$
       begin raise exception 'the moderation log only grows'; end $$`,
    `create trigger moderation_log_only_grows before update or delete on moderation_log
       for each row execute function moderation_log_only_grows()`,
  ],
}

async function buildModeration(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('sanctions')
    .addColumn('person_id', 'text', (column) => column.primaryKey())
    .addColumn('nick', 'text', (column) => column.notNull())
    .addColumn('muted_until', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('banned_until', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('address_key', 'text')
    .execute()

  await db.schema
    .createTable('moderation_log')
    .addColumn('key', kind === 'sqlite' ? sql`integer primary key` : sql`bigserial primary key`)
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('by_id', 'text', (column) => column.notNull())
    .addColumn('by_nick', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('nick', 'text', (column) => column.notNull())
    .addColumn('minutes', 'integer')
    .execute()
  for (const statement of onlyGrows[kind]) await sql.raw(statement).execute(db)
}
