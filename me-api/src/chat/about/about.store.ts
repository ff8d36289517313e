import { sql } from 'kysely'
import type { AboutPage } from '../../contract/index.ts'
import type { Database } from '../../db/tables.ts'
import { noMessage } from '../log/apply-write.ts'
import { type ReadableRooms, isReadable } from '../rooms/open-rooms.ts'
import { qualifiedColumns, toMessage } from '../log/message-row.ts'

/** The SQL of the messages about a page: those that name it, and the answers to them and to each other. */
export function createAboutStore(db: Database) {
  const talkOf = (path: string) =>
    db.withRecursive('talk(id)', (recursive) =>
      recursive
        .selectFrom('messages')
        .select('id')
        .where('about_path', '=', path)
        .union(
          recursive
            .selectFrom('messages')
            .innerJoin('talk', 'talk.id', 'messages.reply_to')
            .select('messages.id'),
        ),
    )

  /** The messages of these rooms that are not deleted. */
  const shown = (path: string, readable: ReadableRooms) =>
    talkOf(path)
      .selectFrom('messages')
      .innerJoin('talk', 'talk.id', 'messages.id')
      .where('deleted_at', 'is', null)
      .where(isReadable('messages.room', readable))

  return {
    /** Returns the ids of all messages about a page, deleted ones too. */
    ids: async (path: string): Promise<string[]> =>
      (await talkOf(path).selectFrom('talk').select('id').execute()).map(({ id }) => id),

    /**
     * Returns a page of the messages, newest first: those that arrived before the message `before`, or the newest.
     * @throws {Refusal} NOT_FOUND if there is no message `before` in these rooms
     */
    async read(
      path: string,
      readable: ReadableRooms,
      before: string | null,
      limit: number,
    ): Promise<AboutPage> {
      const query = shown(path, readable)
      const { total } = await query.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
      let page = query
        .select(qualifiedColumns)
        .orderBy('key', 'desc')
        .limit(limit + 1)
      if (before !== null) {
        const found = await db
          .selectFrom('messages')
          .select('key')
          .where('id', '=', before)
          .where(isReadable('messages.room', readable))
          .executeTakeFirst()
        if (!found) throw noMessage()
        page = page.where('key', '<', found.key)
      }
      const rows = await page.execute()
      return {
        messages: rows.slice(0, limit).map(toMessage),
        more: rows.length > limit,
        counts: { total: Number(total) },
      }
    },
  }
}

export type AboutStore = ReturnType<typeof createAboutStore>
