import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  IMPORTED_NICK_MAX,
  IMPORTED_TEXT_MAX,
  type Message,
  anyText,
  trimmedText,
} from '../../contract/index.ts'
import type { Database, RoomRow, Tx } from '../../db/tables.ts'
import { insertMessages, lockRoom, noRoom } from './commit.ts'

/**
 * One line of an exported history. Nicks are kept unchanged, because other chats have other rules. It is `null`, and an
 * empty string here, where the author has left: an empty one in a file is more likely a fault of the program that made it.
 */
export const HistoryLine = z.object({
  nick: z
    .string()
    .min(1, 'must not be empty')
    .pipe(anyText(IMPORTED_NICK_MAX))
    .nullable()
    .transform((nick) => nick ?? ''),
  text: trimmedText(IMPORTED_TEXT_MAX),
  sentAt: z.iso.datetime({ offset: true }).transform((time) => Date.parse(time)),
})
export type HistoryLine = z.output<typeof HistoryLine>

/** A line with its number among equal lines of its file: 1, 2, 3 …; 1 if left out. */
export type NumberedLine = HistoryLine & { number?: number }

/** Lines whose presence is looked up at once; each is a parameter of a statement. */
const LOOKED_UP = 500

/** Imports and exports a room's history while a server runs on the same database. */
export function createHistoryTransfer(db: Database) {
  return {
    /**
     * Returns the lines that the room lacks. A line is identified by nick, text, time and its number among equal
     * lines, so that importing a file twice, or a room's own export, adds nothing.
     */
    async missing(room: string, lines: NumberedLine[]): Promise<NumberedLine[]> {
      const missing: NumberedLine[] = []
      for (let start = 0; start < lines.length; start += LOOKED_UP)
        missing.push(...(await lacking(db, room, lines.slice(start, start + LOOKED_UP))))
      return missing
    },

    /** Appends those of the lines that the room still lacks, in one transaction, and returns their number. */
    importLines: (room: string, lines: NumberedLine[]): Promise<number> =>
      db.transaction().execute(async (tx) => {
        const row = await lockRoom(tx, room)
        if (!row) throw noRoom(room)
        const missing = await lacking(tx, room, lines)
        await append(tx, row, missing)
        return missing.length
      }),

    /** Returns when the room's newest message was sent, in milliseconds since 1970; null if there is none. */
    async newest(room: string): Promise<number | null> {
      const row = await db
        .selectFrom('messages')
        .select((column) => column.fn.max('sent_at').as('at'))
        .where('room', '=', room)
        .executeTakeFirst()
      return row?.at ?? null
    },

    /** Yields the room's messages from the first on, without the deleted ones. */
    async *exportLines(room: string, pageSize = 1_000): AsyncGenerator<z.input<typeof HistoryLine>> {
      let after = 0
      for (;;) {
        const rows = await db
          .selectFrom('messages')
          .select(['seq', 'nick', 'text', 'sent_at', 'deleted_at'])
          .where('room', '=', room)
          .where('seq', '>', after)
          .orderBy('seq')
          .limit(pageSize)
          .execute()
        for (const { nick, text, sent_at, deleted_at } of rows) {
          if (deleted_at === null) yield { nick: nick || null, text, sentAt: new Date(sent_at).toISOString() }
        }
        const last = rows.at(-1)
        if (!last) return
        after = last.seq
      }
    },

    async count(room: string): Promise<number> {
      const row = await db
        .selectFrom('rooms')
        .select('seq')
        .where('name', '=', room)
        .where('removed_at', 'is', null)
        .executeTakeFirst()
      if (!row) throw noRoom(room)
      return row.seq
    },
  }
}

export type HistoryTransfer = ReturnType<typeof createHistoryTransfer>

/** Returns a function that counts equal lines: it returns a line's number among those equal to it so far. */
export function createLineNumbers(): (line: HistoryLine) => number {
  const counts = new Map<string, number>()
  return (line) => {
    const key = keyOf(line)
    const number = (counts.get(key) ?? 0) + 1
    counts.set(key, number)
    return number
  }
}

async function lacking(db: Database, room: string, lines: NumberedLine[]): Promise<NumberedLine[]> {
  const stored = await countStored(db, room, lines)
  return lines.filter((line) => (line.number ?? 1) > (stored.get(keyOf(line)) ?? 0))
}

async function append(tx: Tx, { name, seq, rev }: RoomRow, lines: HistoryLine[]): Promise<void> {
  if (lines.length === 0) return
  const messages = lines.map((line, index) => toMessage(name, line, seq + index + 1, rev + index + 1))
  await insertMessages(tx, messages)
  const numbers = { seq: seq + lines.length, rev: rev + lines.length }
  await tx.updateTable('rooms').set(numbers).where('name', '=', name).execute()
}

async function countStored(db: Database, room: string, lines: HistoryLine[]): Promise<Map<string, number>> {
  const times = [...new Set(lines.map(({ sentAt }) => sentAt))]
  const rows = await db
    .selectFrom('messages')
    .select(['nick', 'text', 'sent_at'])
    .where('room', '=', room)
    .where('sent_at', 'in', times)
    .where('deleted_at', 'is', null)
    .execute()
  const counts = new Map<string, number>()
  for (const { nick, text, sent_at } of rows) {
    const key = keyOf({ nick, text, sentAt: sent_at })
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** A hash keeps the keys short: memory holds those of a whole file. */
const keyOf = ({ nick, text, sentAt }: HistoryLine): string =>
  createHash('sha256')
    .update(JSON.stringify([nick, text, sentAt]))
    .digest('base64')
    .slice(0, 22)

const toMessage = (room: string, { nick, text, sentAt }: HistoryLine, seq: number, rev: number): Message => ({
  id: randomUUID(),
  room,
  seq,
  rev,
  author: { id: authorOf(nick), nick, role: 'visitor' },
  text,
  sentAt: new Date(sentAt).toISOString(),
})

/**
 * Derives an author's id from the nick, so that a nick has the same id in every import (a name-based UUID, RFC 9562
 * §5.8).
 */
function authorOf(nick: string): string {
  const hex = createHash('sha256').update(`imported author ${nick}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
