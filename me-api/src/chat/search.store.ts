import { type RawBuilder, sql } from 'kysely'
import type { SearchPage } from '../contract/index.ts'
import type { DatabaseKind } from '../db/database-url.ts'
import type { Database } from '../db/tables.ts'
import { toMessage } from './message-row.ts'
import { type Term, fold, readTerms, snippetOf } from './search-terms.ts'

export type SearchQuery = { q: string; room?: string | undefined; before?: number | undefined; limit: number }

/** Full-text search: FTS5 in SQLite, `tsvector` in PostgreSQL, both kept by the transaction that writes. */
export function createSearchStore(db: Database, kind: DatabaseKind) {
  const matching = kind === 'sqlite' ? matchingInSqlite : matchingInPostgres

  return {
    /** Newest first. A query without a word finds nothing. */
    async search({ q, room, before, limit }: SearchQuery): Promise<SearchPage> {
      const terms = readTerms(q)
      if (terms.length === 0) return { messages: [], more: false }
      let query = db
        .selectFrom('messages')
        .innerJoin('rooms', 'rooms.name', 'messages.room')
        .selectAll('messages')
        .where('rooms.removed_at', 'is', null)
        .where(matching(terms))
        .orderBy('messages.key', 'desc')
        .limit(limit + 1)
      if (room !== undefined) query = query.where('messages.room', '=', room)
      if (before !== undefined) query = query.where('messages.seq', '<', before)
      const rows = await query.execute()
      const messages = rows
        .slice(0, limit)
        .map((row) => ({ ...toMessage(row), ...snippetOf(row.text, terms) }))
      return { messages, more: rows.length > limit }
    },
  }
}

export type SearchStore = ReturnType<typeof createSearchStore>

/** Words stand in quotes, in which FTS5 knows no syntax; its tokenizer folds them as it did the messages. */
function matchingInSqlite(terms: Term[]): RawBuilder<boolean> {
  const match = terms.map(({ words, isPrefix }) => `"${words.join(' ')}"${isPrefix ? '*' : ''}`).join(' ')
  return sql<boolean>`messages.key in (select rowid from messages_search where messages_search match ${match})`
}

function matchingInPostgres(terms: Term[]): RawBuilder<boolean> {
  const match = terms
    .map(({ words, isPrefix }) => `(${words.map(fold).join(' <-> ')}${isPrefix ? ':*' : ''})`)
    .join(' & ')
  return sql<boolean>`messages.search @@ to_tsquery('simple', ${match})`
}
