import { sql } from 'kysely'
import { type Change, type Message, isPrivate } from '../../contract/index.ts'
import type { Database, RoomRow, Tx } from '../../db/tables.ts'
import { nowOfPostgres } from '../../db/postgres-clock.ts'
import { runCompiled } from '../../db/run-compiled.ts'
import { Refusal, rateLimited } from '../../errors.ts'
import { indexMessages } from '../../db/index-messages.ts'
import { contentOf, isSameContent } from './content.ts'
import { messageColumns, toMessage, toRow } from './message-row.ts'
import { type Send, type Write, applyWrite, noMessage, roomLocked, weightOf } from './apply-write.ts'
import { findAuthors, isOfAll, isSqlite } from './find-authors.ts'
import type { ReadRule } from '../rooms/read-rule.ts'

/** The result of one transaction: an outcome for each write, in order, and one Change for each room. */
type Commit = { outcomes: (Message | Refusal)[]; changes: Change[] }

/** Rows per insert: keeps the parameters below SQLite's limit of 32,766 and PostgreSQL's of 65,535. */
const INSERT_MAX = 500

/**
 * Milliseconds ahead of the clock for which the room's last time is kept to. A later one is from a clock that was wrong
 * once, by which the room would stand still for too long.
 */
const BELIEVED_AHEAD = 5 * 60_000
/** The most authors in memory of messages whose time was moved on. */
const MOVED_MAX = 10_000

/**
 * When the authors of messages whose time was moved on really wrote, by `slowKeyOf`, for slow mode. Only in memory: it is
 * for the rare time in which a clock is behind, and a restart merely ends an author's wait.
 */
export type MovedWrites = Map<string, number>

/** A room's row, and when it was locked by PostgreSQL's clock; null with SQLite, which has one process and its clock. */
type LockedRoom = RoomRow & { lockedAt: number | null }

/** A room's state during a transaction: its current numbers, and the messages added and changed so far. */
type OpenRoom = LockedRoom & {
  from: number
  added: Map<string, Message>
  changed: Map<string, Message>
  /** Whether a stored message has got another text. */
  isReworded: boolean
}

/** What a write has done to a message, which is as it was then; a message that comes back counts as sent. */
export type Written = { what: 'sent' | 'edited' | 'deleted'; message: Message }
/** Stores with the words, in their transaction, what others are to be told of them. */
export type NoteWritten = (tx: Tx, written: Written[]) => Promise<void>

/**
 * Applies the writes in one transaction, in order; each write sees the effect of those before it. The transaction
 * locks the rooms' rows first, so that numbers follow the order of commits and no reader sees 5 before 4. A send
 * whose id is already stored returns the stored message. A room that the author may not read counts as missing, except
 * where a person's messages are erased or lose their name. A member whose account was deleted writes nothing any more,
 * however long ago the write was accepted.
 *
 * `asked` is when this node began. Times are by its clock, or where nodes share the database by PostgreSQL's, so that no
 * one gets around slow mode by another node.
 */
export async function commitWrites(
  db: Database,
  writes: Write[],
  { asked, isShared }: { asked: number; isShared: boolean },
  mayRead: ReadRule,
  movedBefore: MovedWrites = new Map(),
  note: NoteWritten = async () => {},
): Promise<Commit> {
  const moved: MovedWrites = new Map()
  const committed = await db.transaction().execute(async (tx) => {
    const rooms = await openRooms(tx, writes)
    const lockedAt = isShared ? [...rooms.values()].flatMap((room) => room.lockedAt ?? []) : []
    const now = lockedAt.length > 0 ? Math.max(...lockedAt) : asked
    const messages = await findMessages(tx, writes)
    const lastWrites = await findLastWrites(tx, rooms, messages, writes, now, movedBefore)
    const mayWrite = await findAuthors(tx, writes)
    const written: Written[] = []
    const outcomes = writes.map((write) => {
      try {
        mayWrite(write, write.kind === 'send' ? write.room : messages.get(write.id)?.room)
        return write.kind === 'send' ? send(write) : change(write)
      } catch (error) {
        if (error instanceof Refusal) return error
        throw error
      }
    })

    function send({ kind: _, content, ...draft }: Send): Message {
      const stored = messages.get(draft.id)
      if (stored) return ownOf(draft.author.id, stored)
      const room = rooms.get(draft.room)
      if (!room || !mayRead(draft.author, draft.room)) throw noRoom(draft.room)
      if (draft.author.role !== 'owner') {
        if (room.locked) throw roomLocked()
        checkSlowMode(room, draft.author.id)
        startSlowInterval(room, draft.author.id)
      }
      if (draft.replyTo) checkReplyTarget(messages.get(draft.replyTo), draft.room)
      room.last_sent_at = sentAtIn(room)
      if (room.last_sent_at > now) moved.set(slowKeyOf(room, draft.author.id), now)
      const message = {
        ...draft,
        ...(typeof content === 'function' ? content(room.seq + 1) : content),
        seq: ++room.seq,
        rev: ++room.rev,
        sentAt: new Date(room.last_sent_at).toISOString(),
      }
      messages.set(draft.id, message)
      room.added.set(draft.id, message)
      written.push({ what: 'sent', message })
      return message
    }

    /** A room's times never go back, though the clock of a node may be behind, or set back. */
    function sentAtIn({ last_sent_at }: OpenRoom): number {
      return last_sent_at - now > BELIEVED_AHEAD ? now : Math.max(now, last_sent_at)
    }

    /** Checks slow mode, which allows an author one send or edit in `slow_seconds`. @throws {Refusal} RATE_LIMITED */
    function checkSlowMode(room: OpenRoom, authorId: string): void {
      if (room.slow_seconds === 0) return
      const wait = (lastWrites.get(slowKeyOf(room, authorId)) ?? -Infinity) + room.slow_seconds * 1_000 - now
      if (wait > 0) throw rateLimited('The room is in slow mode.', wait, 'slow mode')
    }

    /** Starts the author's slow-mode interval for the later writes of this transaction. */
    function startSlowInterval(room: OpenRoom, authorId: string): void {
      lastWrites.set(slowKeyOf(room, authorId), now)
    }

    function change(write: Exclude<Write, Send>): Message {
      const message = messages.get(write.id)
      const room = message && rooms.get(message.room)
      // A person's messages also go, or lose their name, where that person may no longer read.
      if (!room || (!isOfAll(write) && !mayRead(write.author, room.name))) throw noMessage()
      const next = applyWrite(write, message, room.locked === 1, now)
      if (next === message) return message
      const isSlowed = write.kind === 'edit' && write.author.role !== 'owner'
      if (isSlowed) checkSlowMode(room, write.author.id)
      // The charge comes last among the checks, so that a refused write uses neither the author's slow-mode turn nor
      // the readers' budget.
      if ('charge' in write) write.charge(weightOf(write, next))
      if (isSlowed) startSlowInterval(room, write.author.id)
      next.rev = ++room.rev
      messages.set(next.id, next)
      if (room.added.has(next.id)) room.added.set(next.id, next)
      else {
        room.changed.set(next.id, next)
        room.isReworded ||= !isSameContent(next, message)
      }
      const what = doneTo(message, next)
      if (what) written.push({ what, message: next })
      return next
    }

    const touched = [...rooms.values()].filter((room) => room.rev > room.from)
    for (const room of touched) {
      await store(tx, room)
      if (isPrivate(room.name)) await noteInConversation(tx, room, now)
    }
    await note(tx, written)
    return { outcomes, changes: touched.map(toChange) }
  })
  for (const [key, at] of moved) {
    movedBefore.delete(key)
    movedBefore.set(key, at)
    const [oldest = ''] = movedBefore.keys()
    if (movedBefore.size > MOVED_MAX) movedBefore.delete(oldest)
  }
  return committed
}

/** Returns what a write has done to a message; null for reactions and names. */
function doneTo(before: Message, after: Message): Written['what'] | null {
  if (!before.deletedAt !== !after.deletedAt) return after.deletedAt ? 'deleted' : 'sent'
  return isSameContent(before, after) ? null : 'edited'
}

/** Locks the rooms of the writes, always in the order of their names, so that two transactions cannot deadlock. */
async function openRooms(tx: Tx, writes: Write[]): Promise<Map<string, OpenRoom>> {
  const names = new Set(writes.flatMap((write) => (write.kind === 'send' ? write.room : [])))
  const others = writes.flatMap((write) => (write.kind === 'send' ? [] : write.id))
  if (others.length > 0) {
    const rows = await tx.selectFrom('messages').select('room').distinct().where('id', 'in', others).execute()
    for (const { room } of rows) names.add(room)
  }
  const rooms = new Map<string, OpenRoom>()
  for (const name of [...names].toSorted()) {
    const row = await lockRoom(tx, name)
    if (row)
      rooms.set(name, { ...row, from: row.rev, added: new Map(), changed: new Map(), isReworded: false })
  }
  return rooms
}

/** Locks the room's row until the transaction ends. Undefined if there is no such room. */
export async function lockRoom(tx: Tx, name: string): Promise<LockedRoom | undefined> {
  const [room] = await runCompiled(tx, 'lock a room', [name], () =>
    tx
      .updateTable('rooms')
      .set((column) => ({ rev: column.ref('rev') }))
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .returningAll()
      // Computed once the lock is there, so that it is not before the last commit.
      .returning(sql<number | null>`${isSqlite(tx) ? sql`null` : nowOfPostgres}`.as('lockedAt')),
  )
  return room
}

/** Reads the stored messages that the writes change or reply to. */
async function findMessages(tx: Tx, writes: Write[]): Promise<Map<string, Message>> {
  const ids = writes.flatMap((write) =>
    write.kind === 'send' && write.replyTo ? [write.id, write.replyTo] : write.id,
  )
  const rows = await runCompiled(tx, `find ${ids.length} messages`, ids, () =>
    tx.selectFrom('messages').select(messageColumns).where('id', 'in', ids),
  )
  return new Map(rows.map((row) => [row.id, toMessage(row)]))
}

/**
 * Reads when the authors of these sends and edits last sent or edited in each room with slow mode. Times in the future
 * are left out: the system's time was set back since, and nobody waits until it is there again.
 */
async function findLastWrites(
  tx: Tx,
  rooms: Map<string, OpenRoom>,
  messages: Map<string, Message>,
  writes: Write[],
  now: number,
  moved: MovedWrites,
): Promise<Map<string, number>> {
  const lastWrites = new Map<string, number>()
  const roomOf = (write: Write) => (write.kind === 'send' ? write.room : messages.get(write.id)?.room)
  for (const { name, slow_seconds } of rooms.values()) {
    if (slow_seconds === 0) continue
    const authors = writes
      .filter((write) => (write.kind === 'send' || write.kind === 'edit') && roomOf(write) === name)
      .map(({ author }) => author.id)
    // `in ()` is a syntax error in PostgreSQL.
    if (authors.length === 0) continue
    for (const moment of ['sent_at', 'edited_at'] as const) {
      const rows = await tx
        .selectFrom('messages')
        .select((column) => ['author_id', column.fn.max(moment).as('at')])
        .where('room', '=', name)
        .where('author_id', 'in', authors)
        .where(moment, '<=', now)
        .groupBy('author_id')
        .execute()
      for (const { author_id, at } of rows) {
        const key = slowKeyOf({ name }, author_id)
        lastWrites.set(key, Math.max(lastWrites.get(key) ?? 0, at ?? 0))
      }
    }
    for (const key of authors.map((id) => slowKeyOf({ name }, id))) {
      const at = moved.get(key) ?? 0
      if (at <= now) lastWrites.set(key, Math.max(lastWrites.get(key) ?? 0, at))
    }
  }
  return lastWrites
}

const slowKeyOf = ({ name }: Pick<RoomRow, 'name'>, authorId: string): string => `${name} ${authorId}`

function checkReplyTarget(message: Message | undefined, room: string): void {
  if (message?.room === room && !message.deletedAt) return
  throw new Refusal('NOT_FOUND', 'The message replied to does not exist.', { pointer: '/replyTo' })
}

async function store(
  tx: Tx,
  { name, seq, rev, last_sent_at, added, changed, isReworded }: OpenRoom,
): Promise<void> {
  await runCompiled(tx, 'number a room', [seq, rev, last_sent_at, name], () =>
    tx.updateTable('rooms').set({ seq, rev, last_sent_at }).where('name', '=', name),
  )
  await insertMessages(tx, [...added.values()])
  for (const message of changed.values()) {
    const row = toRow(message)
    const { rev, nick, edited_at, deleted_at, reactions, about } = row
    await tx
      .updateTable('messages')
      .set({ ...contentOf(row), rev, nick, edited_at, deleted_at, reactions, about })
      .where('id', '=', message.id)
      .execute()
  }
  // The database has cleared the words of a changed text.
  if (isReworded) await indexMessages(tx)
}

/** Notes that a private conversation has changed, and that who has sent something has read it up to there. */
async function noteInConversation(tx: Tx, { name, added }: OpenRoom, now: number): Promise<void> {
  const sent = [...added.values()]
  const lastOf = (messages: Message[]) => messages.at(-1)?.seq
  const owners = lastOf(sent.filter(({ author }) => author.role === 'owner'))
  const persons = lastOf(sent.filter(({ author }) => author.role !== 'owner'))
  await tx
    .updateTable('conversations')
    .set({
      changed_at: now,
      ...(owners !== undefined && { owner_read: owners }),
      ...(persons !== undefined && { person_read: persons }),
    })
    .where('room', '=', name)
    .execute()
}

export async function insertMessages(tx: Tx, messages: Message[]): Promise<void> {
  for (let start = 0; start < messages.length; start += INSERT_MAX) {
    const rows = messages.slice(start, start + INSERT_MAX).map(toRow)
    await runCompiled(tx, `insert ${rows.length} messages`, rows.flatMap(Object.values), () =>
      tx.insertInto('messages').values(rows),
    )
  }
}

const toChange = ({ name, from, rev, added, changed }: OpenRoom): Change => ({
  room: name,
  from,
  to: rev,
  messages: [...added.values(), ...changed.values()].toSorted((one, other) => one.rev - other.rev),
})

/** Returns the stored message to its author. @throws {Refusal} CONFLICT if another person wrote it */
export function ownOf(authorId: string, stored: Message): Message {
  if (stored.author.id === authorId) return stored
  throw new Refusal('CONFLICT', 'A message of another author has that id.', { pointer: '/id' })
}

export const noRoom = (name: string) => new Refusal('NOT_FOUND', `There is no room ${name}.`)
