import { sql } from 'kysely'
import {
  CATCH_UP_BYTES_MAX,
  CATCH_UP_MAX,
  type Change,
  HISTORY_LIMIT,
  type HistoryPage,
  type Message,
  type Room,
} from '../contract/index.ts'
import type { Database, MessageRow, RoomRow, Tx } from '../db/tables.ts'
import { Refusal } from '../errors.ts'

/** A message on its way into a room's log. */
export type Send = Pick<Message, 'id' | 'room' | 'author' | 'text' | 'replyTo'>

/** What one transaction did: an outcome for each write, in their order, and one Change a room. */
export type Commit = { outcomes: (Message | Refusal)[]; changes: Change[] }

/** What a message weighs in a frame beside its text and nick, in bytes. */
const ENVELOPE_BYTES = 211

/** Rows in one insert, so that its parameters stay below SQLite's 32,766. */
const INSERT_MAX = 500

/** The SQL of rooms and their messages. */
export function createMessageStore(db: Database) {
  const rooms = (): Promise<Room[]> =>
    db
      .selectFrom('rooms')
      .selectAll()
      .where('removed_at', 'is', null)
      .orderBy('name')
      .execute()
      .then((rows) => rows.map(toRoom))

  async function openRoom(name: string): Promise<RoomRow> {
    const room = await db
      .selectFrom('rooms')
      .selectAll()
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (!room) throw noRoom(name)
    return room
  }

  async function find(id: string): Promise<Message | null> {
    const row = await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toMessage(row) : null
  }

  /**
   * Stores the sends in one transaction. A send whose id is stored already is answered with what is stored, or
   * refused where that is another author's.
   */
  function commit(sends: Send[], now: number): Promise<Commit> {
    return db.transaction().execute(async (tx) => {
      const known = await findAll(tx, sends)
      const changes: Change[] = []
      for (const [room, group] of Map.groupBy(sends, (send) => send.room)) {
        const fresh = uniqueById(group.filter(({ id }) => !known.has(id)))
        const repliedTo = await findReplied(tx, room, fresh)
        const accepted = fresh.filter(({ replyTo }) => !replyTo || repliedTo.has(replyTo))
        if (accepted.length === 0) continue
        const change = await append(
          tx,
          room,
          accepted.map((send) => toRow(send, now)),
        )
        if (!change) continue
        changes.push(change)
        for (const message of change.messages) known.set(message.id, message)
      }
      return { outcomes: sends.map((send) => outcomeOf(send, known.get(send.id))), changes }
    })
  }

  /** The page of history below `before`, oldest first, or the newest page. */
  async function history(name: string, before: number | null, limit: number): Promise<HistoryPage> {
    await openRoom(name)
    let query = db
      .selectFrom('messages')
      .selectAll()
      .where('room', '=', name)
      .orderBy('seq', 'desc')
      .limit(limit + 1)
    if (before !== null) query = query.where('seq', '<', before)
    const rows = await query.execute()
    return { messages: rows.slice(0, limit).reverse().map(toMessage), more: rows.length > limit }
  }

  /**
   * What a reader with this cursor has missed: at most `limit` messages, or the latest page where the cursor is
   * of no use or too far behind (contract §4). `rev` is read first, so that what is committed meanwhile comes with
   * the next Change.
   */
  async function changes(name: string, after: number | null, limit: number): Promise<Change> {
    const room = await openRoom(name)
    if (after === null || after > room.rev || after < room.floor || (await isFarBehind(room, after))) {
      return latestPage(room, Math.min(limit, HISTORY_LIMIT))
    }
    if (after === room.rev) return { room: name, from: after, to: after, messages: [] }
    const rows = await changedRows(room, after, limit + 1)
    const messages = rows.slice(0, limit).map(toMessage)
    const last = messages.at(-1)
    if (rows.length > limit && last) return { room: name, from: after, to: last.rev, messages, more: true }
    return { room: name, from: after, to: room.rev, messages }
  }

  const changedRows = (room: RoomRow, after: number, limit: number): Promise<MessageRow[]> =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('room', '=', room.name)
      .where('rev', '>', after)
      .where('rev', '<=', room.rev)
      .orderBy('rev')
      .limit(limit)
      .execute()

  async function isFarBehind(room: RoomRow, after: number): Promise<boolean> {
    if (room.rev - after > CATCH_UP_MAX) return true
    const { bytes } = await db
      .selectFrom('messages')
      .select(
        sql<number>`coalesce(sum(octet_length(text) + octet_length(nick) + ${sql.lit(ENVELOPE_BYTES)}), 0)`.as(
          'bytes',
        ),
      )
      .where('room', '=', room.name)
      .where('rev', '>', after)
      .executeTakeFirstOrThrow()
    return Number(bytes) > CATCH_UP_BYTES_MAX
  }

  async function latestPage(room: RoomRow, limit: number): Promise<Change> {
    const { messages } = await history(room.name, null, limit)
    messages.sort((one, other) => one.rev - other.rev)
    return { room: room.name, from: 0, to: room.rev, messages, reset: true }
  }

  return { rooms, openRoom, find, commit, history, changes }
}

export type MessageStore = ReturnType<typeof createMessageStore>

/**
 * Gives rows their places and numbers and stores them. The update locks the room's row until the transaction ends,
 * so that the order of numbers is the order of commits, and no reader can see 5 before 4. Null: no such room.
 */
export async function append(tx: Tx, name: string, rows: UnplacedRow[]): Promise<Change | null> {
  const room = await tx
    .updateTable('rooms')
    .set((column) => ({ seq: column('seq', '+', rows.length), rev: column('rev', '+', rows.length) }))
    .where('name', '=', name)
    .where('removed_at', 'is', null)
    .returning(['seq', 'rev'])
    .executeTakeFirst()
  if (!room) return null
  const [seq, from] = [room.seq - rows.length, room.rev - rows.length]
  const placed = rows.map((row, index) => ({ ...row, seq: seq + index + 1, rev: from + index + 1 }))
  for (let start = 0; start < placed.length; start += INSERT_MAX) {
    await tx
      .insertInto('messages')
      .values(placed.slice(start, start + INSERT_MAX))
      .execute()
  }
  return { room: name, from, to: room.rev, messages: placed.map(toMessage) }
}

export type UnplacedRow = Omit<MessageRow, 'seq' | 'rev'>

async function findAll(tx: Tx, sends: Send[]): Promise<Map<string, Message>> {
  const ids = sends.map(({ id }) => id)
  const rows = await tx.selectFrom('messages').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, toMessage(row)]))
}

/** Those of the messages replied to that are in the room and not deleted. */
async function findReplied(tx: Tx, room: string, sends: Send[]): Promise<Set<string>> {
  const ids = sends.flatMap(({ replyTo }) => replyTo ?? [])
  if (ids.length === 0) return new Set()
  const rows = await tx
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', ids)
    .where('room', '=', room)
    .where('deleted_at', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

const uniqueById = (sends: Send[]): Send[] =>
  [...new Map(sends.toReversed().map((send) => [send.id, send])).values()].toReversed()

function outcomeOf(send: Send, stored: Message | undefined): Message | Refusal {
  if (stored) return stored.author.id === send.author.id ? stored : notYours()
  return send.replyTo ? new Refusal('NOT_FOUND', 'The message replied to is not there.') : noRoom(send.room)
}

export const notYours = () => new Refusal('CONFLICT', "That id is another author's message.")
export const noRoom = (name: string) => new Refusal('NOT_FOUND', `There is no room ${name}.`)

const toRoom = ({ name, title, locked, slow_seconds, seq, rev }: RoomRow): Room => ({
  name,
  title,
  locked: locked === 1,
  slowSeconds: slow_seconds,
  seq,
  rev,
})

const toRow = ({ id, room, author, text, replyTo }: Send, now: number): UnplacedRow => ({
  id,
  room,
  author_id: author.id,
  nick: author.nick,
  role: author.role,
  text,
  sent_at: now,
  edited_at: null,
  deleted_at: null,
  reply_to: replyTo ?? null,
})

function toMessage(row: MessageRow): Message {
  const message: Message = {
    id: row.id,
    room: row.room,
    seq: row.seq,
    rev: row.rev,
    author: { id: row.author_id, nick: row.nick, role: row.role },
    text: row.text,
    sentAt: new Date(row.sent_at).toISOString(),
  }
  if (row.edited_at !== null) message.editedAt = new Date(row.edited_at).toISOString()
  if (row.deleted_at !== null) message.deletedAt = new Date(row.deleted_at).toISOString()
  if (row.reply_to !== null) message.replyTo = row.reply_to
  return message
}
