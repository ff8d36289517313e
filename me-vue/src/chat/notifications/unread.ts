import type { Message, Room } from 'me-api/contract'
import { isPrivate } from 'me-api/contract/conversation-name'
import { countAfter, type MessageLog } from '../client/message-log.ts'

/** How far each room has come, as far as this tab knows. */
export type RoomProgress = ReadonlyMap<string, { seq: number; rev: number }>

/** With the server's list of rooms: right after `welcome` (`fresh`) it is the truth, later it may be late. */
export function withRooms(progress: RoomProgress, rooms: readonly Room[], fresh: boolean): RoomProgress {
  return new Map(
    rooms.map(({ name, seq, rev }) => {
      const before = fresh ? undefined : progress.get(name)
      return [name, { seq: Math.max(seq, before?.seq ?? 0), rev: Math.max(rev, before?.rev ?? 0) }]
    }),
  )
}

/** After messages of a room have arrived, the last of which is `seq`, and its cursor has moved to `rev`. */
export function withProgress(progress: RoomProgress, room: string, seq: number, rev: number): RoomProgress {
  const before = progress.get(room)
  if (before && before.seq >= seq && before.rev >= rev) return progress
  const next = { seq: Math.max(seq, before?.seq ?? 0), rev: Math.max(rev, before?.rev ?? 0) }
  return new Map(progress).set(room, next)
}

/** Unread messages by room: those of others where the log is loaded, else by the numbers alone. */
export function unreadByRoom(
  progress: RoomProgress,
  here: { room: string; log: MessageLog; self: string | undefined },
  upTo: (room: string) => number | null,
): Map<string, number> {
  const inRoom = (room: string, seq: number) => {
    const seen = upTo(room) ?? seq
    return room === here.room && here.log.cursor !== null
      ? countAfter(here.log, seen, here.self)
      : Math.max(0, seq - seen)
  }
  // A private conversation that was left is counted by the server.
  const counted = [...progress].filter(([room]) => room === here.room || !isPrivate(room))
  return new Map(counted.map(([room, { seq }]) => [room, inRoom(room, seq)]))
}

/** Messages of others sent after `known`; an edit, a removal or a reaction is no new message. */
export function newMessages(
  messages: readonly Message[],
  known: number,
  self: string | undefined,
): readonly Message[] {
  return messages.filter(({ seq, author, deletedAt }) => seq > known && author.id !== self && !deletedAt)
}
