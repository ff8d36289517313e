import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import {
  CATCH_UP_BYTES_MAX,
  CATCH_UP_MAX,
  type Change,
  HISTORY_LIMIT,
  type HistoryPage,
  type Message,
} from '../../contract/index.ts'
import { runCompiled } from '../../db/run-compiled.ts'
import type { Database, MessageRow, RoomRow } from '../../db/tables.ts'
import { type MovedWrites, type NoteWritten, commitWrites, noRoom } from './commit.ts'
import { messageColumns, toMessage } from './message-row.ts'
import type { Write } from './apply-write.ts'
import type { ReadRule } from '../rooms/read-rule.ts'

/** Bytes of a message in a frame besides its text, nick and reactions. */
const ENVELOPE_BYTES = 211
/** Milliseconds in which a node that has committed begins with what waited meanwhile, see room-log.ts. */
const NEXT_COMMIT = 200

/**
 * Reads messages by cursor, place and id. Writes go through `commit.ts`, with their `note`; `isShared` means that several
 * nodes write.
 */
export function createMessageStore(db: Database, mayRead: ReadRule, isShared = false, note?: NoteWritten) {
  const moved: MovedWrites = new Map()

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
    const [row] = await runCompiled(db, 'find a message', [id], () =>
      db.selectFrom('messages').select(messageColumns).where('id', '=', id),
    )
    return row ? toMessage(row) : null
  }

  /** Returns the key of the latest message in all rooms. */
  async function lastKey(): Promise<number> {
    const { key } = await db
      .selectFrom('messages')
      .select((column) => column.fn.max('key').as('key'))
      .executeTakeFirstOrThrow()
    return Number(key ?? 0)
  }

  /** Returns the page of history before `before`, or the newest page; oldest first. Empty if there is no such room. */
  async function history(name: string, before: number | null, limit: number): Promise<HistoryPage> {
    let query = db
      .selectFrom('messages')
      .select(messageColumns)
      .where('room', '=', name)
      .orderBy('seq', 'desc')
      .limit(limit + 1)
    if (before !== null) query = query.where('seq', '<', before)
    const rows = await query.execute()
    return { messages: rows.slice(0, limit).reverse().map(toMessage), more: rows.length > limit }
  }

  /**
   * Returns the page around a moment (milliseconds): half before the first message sent then or later, half from it. First
   * by time, because imported messages may be older than those before them; the page itself is in the room's order.
   */
  async function historyAt(name: string, at: number, limit: number): Promise<HistoryPage> {
    const half = Math.floor(limit / 2)
    const first = await db
      .selectFrom('messages')
      .select('seq')
      .where('room', '=', name)
      .where('sent_at', '>=', at)
      .orderBy('sent_at')
      .orderBy('key')
      .limit(1)
      .executeTakeFirst()
    if (!first) return history(name, null, Math.max(half, 1))
    const before = await history(name, first.seq, half)
    const rows = await db
      .selectFrom('messages')
      .select(messageColumns)
      .where('room', '=', name)
      .where('seq', '>=', first.seq)
      .orderBy('seq')
      .limit(limit - half)
      .execute()
    return { messages: [...before.messages, ...rows.map(toMessage)], more: before.more }
  }

  /**
   * Returns what a reader with this cursor has missed: at most `limit` messages, or the newest page if the cursor is
   * invalid or too far behind (docs/contract.md §4). It reads `rev` first, so that writes committed meanwhile come
   * with the next Change.
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
      .select(messageColumns)
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
      .select(bytesInFrame.as('bytes'))
      .where('room', '=', room.name)
      .where('rev', '>', after)
      .executeTakeFirstOrThrow()
    return Number(bytes) > CATCH_UP_BYTES_MAX
  }

  /**
   * Returns the newest page. Its rows may be newer than the room's `rev`, which was read before them; the page is
   * complete up to its newest row.
   */
  async function latestPage(room: RoomRow, limit: number): Promise<Change> {
    const page = await history(room.name, null, limit)
    const messages = newestThatFit(page.messages).toSorted((one, other) => one.rev - other.rev)
    const to = Math.max(room.rev, messages.at(-1)?.rev ?? 0)
    return { room: room.name, from: 0, to, messages, reset: true }
  }

  /**
   * Resolves when what other nodes had accepted until now is stored: what they are committing, and what waited behind it.
   */
  async function othersCaughtUp(): Promise<void> {
    if (!isShared) return
    await commitsEnd()
    await pause(NEXT_COMMIT)
    await commitsEnd()
  }

  /** One room after the other, so that a commit that takes long holds up nobody in others. */
  async function commitsEnd(): Promise<void> {
    for (const { name } of await db.selectFrom('rooms').select('name').execute())
      await db.selectFrom('rooms').select('name').where('name', '=', name).forShare().execute()
  }

  return {
    find,
    lastKey,
    othersCaughtUp,
    history,
    historyAt,
    changes,
    commit: (writes: Write[], asked: number) =>
      commitWrites(db, writes, { asked, isShared }, mayRead, moved, note),
  }
}

export type MessageStore = ReturnType<typeof createMessageStore>

/** Returns the newest messages of a page that fit into a catch-up, and at least one. */
function newestThatFit(messages: Message[]): Message[] {
  let bytes = 0
  const tooMuch = messages.findLastIndex(
    (message) => (bytes += JSON.stringify(message).length) > CATCH_UP_BYTES_MAX,
  )
  return messages.slice(Math.min(tooMuch + 1, messages.length - 1))
}

const bytesInFrame = sql<number>`coalesce(sum(
  octet_length(text) + octet_length(nick) + coalesce(octet_length(reactions), 0) + coalesce(octet_length(about), 0) +
  ${sql.lit(ENVELOPE_BYTES)}
), 0)`
