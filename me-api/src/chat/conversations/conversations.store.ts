import { type ExpressionBuilder, sql } from 'kysely'
import type { Message, Person, Room } from '../../contract/index.ts'
import type { Database, Tables } from '../../db/tables.ts'
import { inChunks } from '../../in-chunks.ts'
import { messageColumns, toMessage } from '../log/message-row.ts'

/** The two of a conversation. */
export type Side = 'owner' | 'person'

/** A conversation without the words in it; `personNick` is null or empty where nobody has the id any more. */
export type ConversationRow = {
  room: string
  locked: 0 | 1
  slow_seconds: number
  seq: number
  rev: number
  person_id: string
  personNick: string | null
  personRole: Person['role'] | null
  unread: number
  lastKey: number | null
}

/** The SQL of private conversations. */
export function createConversationsStore(db: Database) {
  /** Returns conversations as one side sees them, the one with the latest words first. */
  const rowsOf = (side: Side, readerId: string, room: string | null): Promise<ConversationRow[]> =>
    db
      .selectFrom('conversations')
      .innerJoin('rooms', 'rooms.name', 'conversations.room')
      .leftJoin('users', 'users.id', 'conversations.person_id')
      .leftJoin('visitors', 'visitors.id', 'conversations.person_id')
      .leftJoin('bots', 'bots.id', 'conversations.person_id')
      .select([
        ...(['conversations.room', 'conversations.person_id', 'rooms.locked'] as const),
        ...([
          'rooms.slow_seconds',
          'rooms.seq',
          'rooms.rev',
          'users.role as userRole',
          'bots.id as botId',
        ] as const),
      ])
      .select((column) => [
        column.fn.coalesce('users.nick', 'visitors.nick', 'bots.nick').as('personNick'),
        unread(column, side, readerId).as('unread'),
        column
          .selectFrom('messages')
          .select('key')
          .whereRef('messages.room', '=', 'conversations.room')
          .where('deleted_at', 'is', null)
          .orderBy('messages.seq', 'desc')
          .limit(1)
          .as('lastKey'),
      ])
      .where('rooms.removed_at', 'is', null)
      .$if(room !== null, (query) => query.where('conversations.room', '=', room))
      .orderBy(sql`case when rooms.last_sent_at > begun_at then rooms.last_sent_at else begun_at end`, 'desc')
      .orderBy('conversations.room')
      .execute()
      .then((rows) =>
        rows.map(({ userRole, botId, ...row }) => ({
          ...row,
          personRole: userRole ?? (botId ? 'bot' : null),
          unread: Number(row.unread ?? 0),
        })),
      )

  return {
    rowsOf,

    async find(room: string, side: Side, readerId: string): Promise<ConversationRow | undefined> {
      return (await rowsOf(side, readerId, room))[0]
    },

    /** Returns messages by their keys. */
    async messages(keys: number[]): Promise<Map<number, Message>> {
      const found = new Map<number, Message>()
      for (const some of inChunks(keys)) {
        const rows = await db.selectFrom('messages').select(messageColumns).where('key', 'in', some).execute()
        for (const row of rows) found.set(Number(row.key), toMessage(row))
      }
      return found
    },

    /** Begins a conversation. One that was removed goes on with its numbers. Returns false if it is there already. */
    begin: (room: string, personId: string, now: number): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        await tx
          .insertInto('rooms')
          .values({ name: room, title: '', removed_at: null })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ removed_at: null }))
          .execute()
        const { numInsertedOrUpdatedRows = 0n } = await tx
          .insertInto('conversations')
          .values({ room, person_id: personId, begun_at: now, changed_at: now })
          .onConflict((conflict) => conflict.column('room').doNothing())
          .executeTakeFirst()
        return numInsertedOrUpdatedRows > 0n
      }),

    /** One side has read everything there is. Returns whether that was not so before. */
    async read(room: string, side: Side, now: number): Promise<boolean> {
      const mark = readMarks[side]
      const head = db.selectFrom('rooms').select('seq').where('name', '=', room)
      const { numUpdatedRows } = await db
        .updateTable('conversations')
        .set({ [mark]: head, changed_at: now })
        .where('room', '=', room)
        .where(mark, '<', head)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** Whether one side has read a conversation up to this position. */
    async hasRead(room: string, side: Side, seq: number): Promise<boolean> {
      const row = db
        .selectFrom('conversations')
        .select('room')
        .where('room', '=', room)
        .where(readMarks[side], '>=', seq)
      return (await row.executeTakeFirst()) !== undefined
    },

    /** Returns the conversations that have changed since a time in milliseconds since 1970, and how far they are. */
    changedSince: (time: number): Promise<{ name: string; rev: number; changedAt: number }[]> =>
      db
        .selectFrom('conversations')
        .innerJoin('rooms', 'rooms.name', 'conversations.room')
        .select(['rooms.name', 'rooms.rev', 'conversations.changed_at as changedAt'])
        .where('changed_at', '>', time)
        .where('removed_at', 'is', null)
        .execute(),

    /** Whether this is a user, a visitor or a bot, who can come back to read; not who has left, or exists in messages only. */
    async isSomebody(id: string): Promise<boolean> {
      const user = db.selectFrom('users').select('id').where('id', '=', id)
      const visitor = db.selectFrom('visitors').select('id').where('id', '=', id).where('nick', '!=', '')
      const bot = db.selectFrom('bots').select('id').where('id', '=', id)
      for (const query of [user, visitor, bot]) if (await query.executeTakeFirst()) return true
      return false
    },

    owner: (): Promise<Person | undefined> =>
      db.selectFrom('users').select(['id', 'nick', 'role']).where('role', '=', 'owner').executeTakeFirst(),
  }
}

export type ConversationsStore = ReturnType<typeof createConversationsStore>

const readMarks = { owner: 'owner_read', person: 'person_read' } as const

/** The number of the other's messages above what one side has read. */
const unread = (column: ExpressionBuilder<Tables, 'conversations'>, side: Side, readerId: string) =>
  column
    .selectFrom('messages')
    .select((message) => message.fn.countAll<number>().as('count'))
    .whereRef('messages.room', '=', 'conversations.room')
    .whereRef('messages.seq', '>', `conversations.${readMarks[side]}`)
    .where('author_id', '!=', readerId)
    .where('deleted_at', 'is', null)

/** Returns the conversation as a room, for the side whose other one is `other`. */
export const roomOf = (row: ConversationRow, other: Person): Room => ({
  name: row.room,
  kind: 'private',
  with: other,
  title: other.nick ?? '',
  locked: row.locked === 1,
  slowSeconds: row.slow_seconds,
  seq: row.seq,
  rev: row.rev,
})
