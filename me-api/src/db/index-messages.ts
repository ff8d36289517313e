import { sql } from 'kysely'
import { indexedTextOf } from '../search-words.ts'
import type { Database } from './tables.ts'

/** Messages per statement: bounds the memory, and how long other programs' writes wait. */
const BATCH = 1_000

/**
 * Makes the words for the search of all messages that have none: messages of an older version, or whose text has
 * changed. Each batch is stored for itself, so that an interrupted run is continued by the next; messages of another
 * process are left to it. `onProgress` is called after each batch.
 */
export async function indexMessages(db: Database, onProgress = (_done: number): void => {}): Promise<void> {
  let last = -1
  let done = 0
  for (;;) {
    const rows = await db
      .selectFrom('messages')
      .select(['key', 'text'])
      .where('words', 'is', null)
      .where('key', '>', last)
      .orderBy('key')
      .limit(BATCH)
      .execute()
    const newest = rows.at(-1)
    if (!newest) return
    const values = rows.map(({ key, text }) => sql`(cast(${key} as bigint), ${indexedTextOf(text)})`)
    await sql`
      with made (key, words) as (values ${sql.join(values)})
      update messages set words = made.words from made
      where messages.key = made.key and messages.words is null
    `.execute(db)
    last = newest.key
    done += rows.length
    onProgress(done)
  }
}

/** Returns the number of messages without words. */
export async function countUnindexed(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('messages')
    .select((column) => column.fn.countAll<number>().as('count'))
    .where('words', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}
