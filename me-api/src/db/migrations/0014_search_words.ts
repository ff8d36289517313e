import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../database-url.ts'

/**
 * Searches in words that this program makes of each text and stores beside it (search-words.ts), instead of words
 * that each database makes in its own way. The column is null until `indexMessages` has filled it: with existing
 * messages after the migrations, which takes a while, and with a changed text in the transaction that changes it. No
 * trigger calls a function of this program, so that other programs can write to the database.
 */
export const searchWordsOf = (kind: DatabaseKind) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of kind === 'sqlite' ? sqlite : postgres) await sql.raw(statement).execute(db)
  },
})

const column = [
  'alter table messages add column words text',
  'create index messages_without_words on messages (key) where words is null',
]

/** The tokenizer `ascii` splits at spaces and leaves letters beyond ASCII as they are. */
const sqlite = [
  'drop trigger messages_search_added',
  'drop trigger messages_search_removed',
  'drop trigger messages_search_changed',
  'drop table messages_search',
  ...column,
  `create virtual table messages_search using fts5(
     words, content='messages', content_rowid='key', tokenize='ascii', prefix='1 2 3'
   )`,
  `insert into messages_search(messages_search, rank) values ('secure-delete', 1)`,
  `create trigger messages_words_outdated after update of text on messages when old.text is not new.text begin
     update messages set words = case when new.text = '' then '' end where key = new.key;
   end`,
  `create trigger messages_search_added after insert on messages when new.words is not null begin
     insert into messages_search(rowid, words) values (new.key, new.words);
   end`,
  // FTS5 takes the removal of a row that it does not have for a damaged file.
  `create trigger messages_search_removed after delete on messages when old.words is not null begin
     insert into messages_search(messages_search, rowid, words) values ('delete', old.key, old.words);
   end`,
  `create trigger messages_search_changed after update of words on messages when old.words is not new.words begin
     insert into messages_search(messages_search, rowid, words)
       select 'delete', old.key, old.words where old.words is not null;
     insert into messages_search(rowid, words) select new.key, new.words where new.words is not null;
   end`,
]

/** Positions are given, because PostgreSQL's parser would split words in its own way. */
const postgres = [
  'alter table messages drop column search',
  ...column,
  `create function search_vector(words text) returns tsvector language plpgsql immutable parallel safe as $$
     begin
       return (
         select coalesce(string_agg('''' || word || ''':' || least(place, 16383), ' '), '')::tsvector
         from unnest(string_to_array(words, ' ')) with ordinality as split (word, place) where word <> ''
       );
     end $$`,
  `alter table messages
     add column search tsvector generated always as (search_vector(words)) stored`,
  'create index messages_search on messages using gin (search)',
  `create function mark_words_outdated() returns trigger language plpgsql as $$
     begin new.words := case when new.text = '' then '' end; return new; end $$`,
  `create trigger messages_words_outdated before update of text on messages
     for each row when (old.text is distinct from new.text) execute function mark_words_outdated()`,
]
