import { SqliteAdapter } from 'kysely'
import { LESSON_ROOM, isPrivate } from '../../contract/index.ts'
import { runCompiled } from '../../db/run-compiled.ts'
import type { Tx } from '../../db/tables.ts'
import { Refusal } from '../../errors.ts'
import { readChosenRooms } from '../rooms/chosen-rooms.ts'
import { type Write, noMessage } from './apply-write.ts'
import { LESSON_AUTHOR, refuseLesson } from './lesson-room.ts'

/** Whether a write goes through all of a person's messages, and so may still be made once their account is deleted. */
export const isOfAll = ({ kind }: Write): boolean => kind === 'erase' || kind === 'release'

export const isSqlite = (tx: Tx): boolean => tx.getExecutor().adapter instanceof SqliteAdapter

/** Where a bot may write; null for every room that it may read. */
type BotRooms = string[] | null

/**
 * Looks up the members and bots who write. The returned function checks that the author of a write is still there, and a
 * bot not kept out of the room of the message. PostgreSQL locks their rows against deletion, so that what is stored here
 * is seen by the deletion that follows; SQLite's transaction has locked the whole database.
 */
export async function findAuthors(tx: Tx, writes: Write[]) {
  const members = await findMembers(tx, idsOf(writes, 'member'))
  const bots = await findBots(tx, idsOf(writes, 'bot'))

  /** @throws {Refusal} TOKEN_INVALID, FORBIDDEN */
  return function mayWrite(write: Write, room: string | undefined): void {
    const { id, role } = write.author
    if (room === LESSON_ROOM) return mayWriteInLesson(write)
    if (isOfAll(write)) return
    if (role === 'member' && !members.has(id))
      throw new Refusal('TOKEN_INVALID', 'Your account has been deleted.')
    if (role !== 'bot') return
    const rooms = bots.get(id)
    if (rooms === undefined) throw new Refusal('TOKEN_INVALID', 'The bot was removed.')
    // Whatever a bot was let to say, it may take back; and the conversation that the owner has begun with it is open to it.
    if (rooms === null || room === undefined || write.kind === 'delete' || isPrivate(room)) return
    if (!rooms.includes(room)) throw new Refusal('FORBIDDEN', 'The bot may not write in this room.')
  }
}

const idsOf = (writes: Write[], role: 'member' | 'bot'): string[] => [
  ...new Set(
    writes.flatMap((write) => (write.author.role === role && !isOfAll(write) ? write.author.id : [])),
  ),
]

async function findMembers(tx: Tx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await runCompiled(tx, `find ${ids.length} members`, ids, () => {
    const query = tx.selectFrom('users').select('id').where('id', 'in', ids)
    return isSqlite(tx) ? query : query.forKeyShare()
  })
  return new Set(rows.map(({ id }) => id))
}

async function findBots(tx: Tx, ids: string[]): Promise<Map<string, BotRooms>> {
  if (ids.length === 0) return new Map()
  const rows = await runCompiled(tx, `find ${ids.length} bots`, ids, () => {
    const query = tx.selectFrom('bots').select(['id', 'rooms']).where('id', 'in', ids)
    return isSqlite(tx) ? query : query.forKeyShare()
  })
  return new Map(rows.map(({ id, rooms }) => [id, readChosenRooms(rooms)]))
}

/** The server alone writes in the lesson's room. What goes through all of a person's messages passes over those there. */
function mayWriteInLesson(write: Write): void {
  if (write.kind === 'send' && write.author.id === LESSON_AUTHOR.id) return
  if (isOfAll(write)) throw noMessage()
  refuseLesson(LESSON_ROOM)
}
