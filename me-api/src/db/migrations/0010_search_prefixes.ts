import { type Kysely, sql } from 'kysely'

/**
 * Rebuilds the index with lists for prefixes of one, two and three letters. Without them a search for `t…` had to
 * merge the lists of all words with that prefix before it could read the first message. Triggers and `secure-delete`
 * are the same as in 0002.
 */
const sqlite = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `drop trigger messages_search_added`,
      `drop trigger messages_search_removed`,
      `drop trigger messages_search_changed`,
      `drop table messages_search`,
      `create virtual table messages_search using fts5(
         text, content='messages', content_rowid='key', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
       )`,
      `insert into messages_search(messages_search, rank) values ('secure-delete', 1)`,
      `insert into messages_search(messages_search) values ('rebuild')`,
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

/** PostgreSQL's index supports prefixes already. */
const postgres = { up: async (): Promise<void> => {} }

export const searchPrefixesOf = { sqlite, postgres }
