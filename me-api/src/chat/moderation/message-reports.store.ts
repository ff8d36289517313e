import type { Message, MessageReport, ReportedWords } from '../../contract/index.ts'
import type { Database } from '../../db/tables.ts'
import { toMessage } from '../log/message-row.ts'

/** The most reported messages in the owner's list. */
const SHOWN = 200

/** The columns of the reported message, cleared when the report is settled or too old. */
const NO_CONTENT = { text: null, nick: null, sent_at: null }

/** The SQL of reports of messages. */
export function createMessageReportsStore(db: Database) {
  return {
    async has(messageId: string, byId: string): Promise<boolean> {
      const row = await db
        .selectFrom('message_reports')
        .select('at')
        .where('message_id', '=', messageId)
        .where('by_id', '=', byId)
        .executeTakeFirst()
      return row !== undefined
    },

    /** Stores a report with the message's current text, nick and time. */
    async add({ id, text, author, sentAt }: Message, byId: string, at: number): Promise<void> {
      const content = { text, nick: author.nick, sent_at: Date.parse(sentAt) }
      await db
        .insertInto('message_reports')
        .values({ message_id: id, by_id: byId, at, dismissed_at: null, ...content })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    /** Settles the reports of a message and returns their number. */
    async settle(messageId: string, now: number): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('message_reports')
        .set({ dismissed_at: now, ...NO_CONTENT })
        .where('message_id', '=', messageId)
        .where('dismissed_at', 'is', null)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /** Reopens the reports of a message that were settled after a time, with the message's current content. */
    async reopen({ id, text, author, sentAt }: Message, after: number): Promise<void> {
      await db
        .updateTable('message_reports')
        .set({ dismissed_at: null, text, nick: author.nick, sent_at: Date.parse(sentAt) })
        .where('message_id', '=', id)
        .where('dismissed_at', '>', after)
        .execute()
    },

    /** Settles the reports of all messages of an author and returns their number. */
    async settleOf(authorId: string, now: number): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('message_reports')
        .set({ dismissed_at: now, ...NO_CONTENT })
        .where('dismissed_at', 'is', null)
        .where('message_id', 'in', (query) =>
          query.selectFrom('messages').select('id').where('author_id', '=', authorId),
        )
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /**
     * Clears the reported content of reports made until a time, in milliseconds since 1970. Returns how many reports
     * had some.
     */
    async forgetBefore(time: number): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('message_reports')
        .set(NO_CONTENT)
        .where('at', '<=', time)
        .where('text', 'is not', null)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /** Returns the messages with open reports, with the content reported after a time, in milliseconds since 1970. */
    async open(after: number): Promise<MessageReport[]> {
      const rows = await db
        .with('open_reports', (query) =>
          query
            .selectFrom('message_reports')
            .innerJoin('messages', 'messages.id', 'message_reports.message_id')
            .select((column) => [
              'message_id',
              column.fn.countAll<number>().as('count'),
              column.fn.min('at').as('first_at'),
              column.fn.max('at').as('last_at'),
            ])
            .where('dismissed_at', 'is', null)
            .where((where) =>
              where.or([
                where('deleted_at', 'is', null),
                where.and([where('message_reports.text', 'is not', null), where('at', '>', after)]),
              ]),
            )
            .groupBy('message_id'),
        )
        .selectFrom('open_reports')
        .innerJoin('messages', 'messages.id', 'open_reports.message_id')
        .selectAll('messages')
        .select(['count', 'first_at', 'last_at'])
        .orderBy('last_at', 'desc')
        .limit(SHOWN)
        .execute()
      const versions = await versionsOf(
        rows.map(({ id }) => id),
        after,
      )
      return rows.map(({ count, first_at, last_at, ...row }) => {
        const [reported = null, ...alsoReported] = versions.get(row.id) ?? []
        return {
          message: toMessage(row),
          reported,
          ...(alsoReported.length > 0 && { alsoReported }),
          count: Number(count),
          firstAt: new Date(Number(first_at)).toISOString(),
          lastAt: new Date(Number(last_at)).toISOString(),
        }
      })
    },
  }

  /** Returns the different versions in which each message was reported after a time, in the order of the reports. */
  async function versionsOf(messageIds: string[], after: number): Promise<Map<string, ReportedWords[]>> {
    const versions = new Map<string, ReportedWords[]>()
    if (messageIds.length === 0) return versions
    const rows = await db
      .selectFrom('message_reports')
      .select((column) => ['message_id', 'text', 'nick', 'sent_at', column.fn.min('at').as('first_at')])
      .where('message_id', 'in', messageIds)
      .where('dismissed_at', 'is', null)
      .where('at', '>', after)
      .groupBy(['message_id', 'text', 'nick', 'sent_at'])
      .orderBy('first_at')
      .execute()
    for (const { message_id, text, nick, sent_at } of rows) {
      if (text === null || nick === null || sent_at === null) continue
      const state = { text, nick, at: new Date(Number(sent_at)).toISOString() }
      versions.set(message_id, [...(versions.get(message_id) ?? []), state])
    }
    return versions
  }
}

export type MessageReportsStore = ReturnType<typeof createMessageReportsStore>
