import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'

export const moderationOf = (kind: DatabaseKind) => ({
  up: (db: Kysely<unknown>) => buildModeration(db, kind),
})

/** Makes a log append-only: the database refuses to change or remove a line. `log` is its name in sentences. */
export async function makeAppendOnly(
  db: Kysely<unknown>,
  kind: DatabaseKind,
  table: string,
  log: string,
): Promise<void> {
  for (const statement of onlyGrows[kind](table, log)) await sql.raw(statement).execute(db)
}

const onlyGrows: Record<DatabaseKind, (table: string, log: string) => string[]> = {
  sqlite: (table, log) =>
    ['update', 'delete'].map(
      (act) =>
        `create trigger ${table}_no_${act} before ${act} on ${table} begin
           select raise(abort, 'the ${log} only grows');
         end`,
    ),
  postgres: (table, log) => [
    `create function ${table}_only_grows() returns trigger language plpgsql as $$
       begin raise exception 'the ${log} only grows'; end $$`,
    `create trigger ${table}_only_grows before update or delete on ${table}
       for each row execute function ${table}_only_grows()`,
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
  await makeAppendOnly(db, kind, 'moderation_log', 'moderation log')
}
