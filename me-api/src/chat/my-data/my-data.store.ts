import type { Message } from '../../contract/index.ts'
import type { Database } from '../../db/tables.ts'
import { messageColumns, toMessage } from '../log/message-row.ts'

/** Messages per query, so that other queries get in between. */
const AT_ONCE = 500

/** The SQL of one person's messages. */
export function createMyDataStore(db: Database) {
  return {
    /** Yields a person's messages that are not deleted, in the order of arrival, a page at a time. */
    async *writtenBy(authorId: string): AsyncGenerator<Message[]> {
      for (let after = 0; ;) {
        const rows = await db
          .selectFrom('messages')
          .select(messageColumns)
          .where('author_id', '=', authorId)
          .where('key', '>', after)
          .where('deleted_at', 'is', null)
          .orderBy('key')
          .limit(AT_ONCE)
          .execute()
        const last = rows.at(-1)
        if (!last) return
        yield rows.map(toMessage)
        after = Number(last.key)
      }
    },
  }
}

export type MyDataStore = ReturnType<typeof createMyDataStore>
