import { sql } from 'kysely'
import type { SearchPage } from '../contract/index.ts'
import type { DatabaseKind } from '../db/database-url.ts'
import type { Database, MessageRow } from '../db/tables.ts'
import { toMessage } from './message-row.ts'
import { type Term, fold, readTerms, snippetOf } from './search-terms.ts'

export type SearchQuery = { q: string; room?: string | undefined; before?: number | undefined; limit: number }

/** Full-text search: FTS5 in SQLite, `tsvector` in PostgreSQL, both kept by the transaction that writes. */
export function createSearchStore(db: Database, kind: DatabaseKind) {
  const { source, order, matches } = kind === 'sqlite' ? sqlite : postgres

  return {
    /** Newest first. A query without a word finds nothing. */
    async search({ q, room, before, limit }: SearchQuery): Promise<SearchPage> {
      const terms = readTerms(q)
      if (terms.length === 0) return { messages: [], more: false }
      const { rows } = await sql<MessageRow>`
        select messages.* from ${source} join rooms on rooms.name = messages.room
        where ${matches(terms)} and rooms.removed_at is null
          ${room === undefined ? sql`` : sql`and messages.room = ${room}`}
          ${before === undefined ? sql`` : sql`and messages.seq < ${before}`}
        order by ${order} desc limit ${limit + 1}
      `.execute(db)
      const messages = rows
        .slice(0, limit)
        .map((row) => ({ ...toMessage(row), ...snippetOf(row.text, terms) }))
      return { messages, more: rows.length > limit }
    },
  }
}

export type SearchStore = ReturnType<typeof createSearchStore>

const sqlite = {
  // Read from the index backwards, and only as far as the page needs: SQLite keeps the order of a cross join. Found
  // first and sorted then, a common word among 196,123 messages took 53 ms in place of 0.3.
  source: sql`messages_search cross join messages on messages.key = messages_search.rowid`,
  order: sql`messages_search.rowid`,
  /** Words stand in quotes, in which FTS5 knows no syntax; its tokenizer folds them as it did the messages. */
  matches(terms: Term[]) {
    const match = terms.map(({ words, isPrefix }) => `"${words.join(' ')}"${isPrefix ? '*' : ''}`)
    return sql`messages_search match ${match.join(' ')}`
  },
}

const postgres = {
  source: sql`messages`,
  order: sql`messages.key`,
  matches(terms: Term[]) {
    const match = terms.map(
      ({ words, isPrefix }) => `(${words.map(fold).join(' <-> ')}${isPrefix ? ':*' : ''})`,
    )
    return sql`messages.search @@ to_tsquery('simple', ${match.join(' & ')})`
  },
}
