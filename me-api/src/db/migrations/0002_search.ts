import { type Kysely, sql } from 'kysely'

/**
 * SQLite: an FTS5 index of the messages, updated by triggers in the same transaction. `secure-delete` removes the
 * words of deleted messages from the index at once, instead of at a later merge.
 */
const sqlite = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create virtual table messages_search using fts5(
         text, content='messages', content_rowid='key', tokenize="unicode61 remove_diacritics 2"
       )`,
      `insert into messages_search(messages_search, rank) values ('secure-delete', 1)`,
      `create trigger messages_search_added after insert on messages begin
         insert into messages_search(rowid, text) values (new.key, new.text);
       end`,
      `create trigger messages_search_removed after delete on messages begin
         insert into messages_search(messages_search, rowid, text) values ('delete', old.key, old.text);
       end`,
      `create trigger messages_search_changed after update of text on messages begin
         insert into messages_search(messages_search, rowid, text) values ('delete', old.key, old.text);
         insert into messages_search(rowid, text) values (new.key, new.text);
       end`,
    ]
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}

/** ASCII punctuation. With it PostgreSQL would recognise hosts and numbers, and keep `help.ubuntu.com` as one word. */
const punctuation = sql.raw(`'[!-/:-@\\[-\`{-~]+'`)

/** PostgreSQL: a generated column of words without case, accents and punctuation. */
const postgres = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table messages add column search tsvector generated always as (
        to_tsvector('simple', regexp_replace(
          lower(regexp_replace(normalize(text, NFD), '[\u0300-\u036f]', '', 'g')), ${punctuation}, ' ', 'g'
        ))
      ) stored
    `.execute(db)
    await sql`create index messages_search on messages using gin (search)`.execute(db)
  },
}

export const searchOf = { sqlite, postgres }
