import type { Message, Room } from 'me-api/contract'
import { countAfter, type MessageLog } from '../client/message-log.ts'

/** How far a room that one is not in has come, as far as one has heard. */
export type Heard = ReadonlyMap<string, { seq: number; rev: number }>

/** The rooms as the server has just told them. Right after `welcome` they are the truth, later they may be late. */
export function hearOfRooms(heard: Heard, rooms: readonly Room[], afresh: boolean): Heard {
  return new Map(
    rooms.map(({ name, seq, rev }) => {
      const before = afresh ? undefined : heard.get(name)
      return [name, { seq: Math.max(seq, before?.seq ?? 0), rev: Math.max(rev, before?.rev ?? 0) }]
    }),
  )
}

/** A room after messages came in, the last of which is `seq`, and its cursor moved to `rev`. */
export function hearOf(heard: Heard, room: string, seq: number, rev: number): Heard {
  const before = heard.get(room)
  if (before && before.seq >= seq && before.rev >= rev) return heard
  const next = { seq: Math.max(seq, before?.seq ?? 0), rev: Math.max(rev, before?.rev ?? 0) }
  return new Map(heard).set(room, next)
}

/** Messages not seen yet, by room: those of others where the log is at hand, else by the numbers alone. */
export function unreadByRoom(
  heard: Heard,
  here: { room: string; log: MessageLog; self: string | undefined },
  upTo: (room: string) => number | null,
): Map<string, number> {
  const inRoom = (room: string, seq: number) => {
    const seen = upTo(room) ?? seq
    return room === here.room && here.log.cursor !== null
      ? countAfter(here.log, seen, here.self)
      : Math.max(0, seq - seen)
  }
  return new Map([...heard].map(([room, { seq }]) => [room, inRoom(room, seq)]))
}

/** Messages of others sent after `known`; what is only edited, deleted or reacted to is no news. */
export function newsAmong(
  messages: readonly Message[],
  known: number,
  self: string | undefined,
): readonly Message[] {
  return messages.filter(({ seq, author, deletedAt }) => seq > known && author.id !== self && !deletedAt)
}
