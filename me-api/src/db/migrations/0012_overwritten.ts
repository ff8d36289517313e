import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'

/** The columns of each table with people's texts, names or secrets; an empty list if rows are only ever removed. */
const WATCHED: Readonly<Record<string, readonly string[]>> = {
  messages: ['nick', 'text', 'reactions'],
  message_reports: ['text', 'nick'],
  visitors: ['nick', 'tab'],
  places: ['address_key', 'address_key_56', 'address_key_48'],
  sanctions: ['nick', 'mute_reason', 'ban_reason', 'address_key', 'address_key_56', 'address_key_48'],
  rooms: ['title'],
  users: ['email', 'password_hash', 'nick'],
  sessions: [],
  second_steps: ['sealed_key'],
  recovery_codes: [],
  presentation: ['name', 'headline', 'text', 'html', 'links'],
  reports: ['title', 'text', 'html'],
}

/**
 * Records the tables in which content was overwritten or removed that is still in the database's files, see
 * db/scrub.ts. Triggers do it in the same transaction, so that no statement can forget it and no crash can lose it.
 */
export const overwrittenOf = (kind: DatabaseKind) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of tables[kind]) await sql.raw(statement).execute(db)
    for (const [table, columns] of Object.entries(WATCHED)) await watchTable(db, kind, table, columns)
    // Content overwritten before this version is in the files too.
    for (const table of Object.keys(WATCHED))
      await sql`insert into overwritten (table_name) values (${table})`.execute(db)
  },
})

/** Notes from now on when rows of the table are removed, and when one of these columns is overwritten. */
export async function watchTable(
  db: Kysely<unknown>,
  kind: DatabaseKind,
  table: string,
  columns: readonly string[],
): Promise<void> {
  for (const statement of watch[kind](table, columns)) await sql.raw(statement).execute(db)
}

/** A change during a scrub adds a note with a new key, so that the scrub does not delete it. */
const tables: Record<DatabaseKind, string[]> = {
  // One row per table, replaced by each new note.
  sqlite: [
    'create table overwritten (key integer primary key autoincrement, table_name text not null unique)',
  ],
  // One row per statement, because transactions that update the same row could deadlock.
  postgres: [
    `create table overwritten (
       key bigserial primary key,
       table_name text not null,
       xid xid not null default pg_current_xact_id()::xid
     )`,
    `create function note_overwritten() returns trigger language plpgsql as $$
       begin insert into overwritten (table_name) values (tg_table_name); return null; end $$`,
    `create function note_removed() returns trigger language plpgsql as $$
       begin
         if exists (select from gone) then insert into overwritten (table_name) values (tg_table_name); end if;
         return null;
       end $$`,
  ],
}

const watch: Record<DatabaseKind, (table: string, columns: readonly string[]) => string[]> = {
  sqlite: (table, columns) => {
    const note = `begin
      delete from overwritten where table_name = '${table}';
      insert into overwritten (table_name) values ('${table}');
    end`
    return [
      `create trigger ${table}_removed_from after delete on ${table} ${note}`,
      ...changeOf(columns, 'is not').map(
        (change) => `create trigger ${table}_overwritten after update of ${columns.join(', ')} on ${table}
          for each row when ${change} ${note}`,
      ),
    ]
  },
  postgres: (table, columns) => {
    return [
      `create trigger ${table}_removed_from after delete on ${table} referencing old table as gone
        for each statement execute function note_removed()`,
      ...changeOf(columns, 'is distinct from').map(
        (change) => `create trigger ${table}_overwritten after update of ${columns.join(', ')} on ${table}
          for each row when (${change}) execute function note_overwritten()`,
      ),
    ]
  },
}

/** Builds the condition that one of the columns has changed; empty if there are no columns. */
const changeOf = (columns: readonly string[], differs: string): string[] =>
  columns.length === 0 ? [] : [columns.map((column) => `old.${column} ${differs} new.${column}`).join(' or ')]
