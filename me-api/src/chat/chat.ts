import { z } from 'zod'
import { type Author, type Message, type MessageDraft, MessageText, type Person } from '../contract/index.ts'
import { Refusal, parse } from '../errors.ts'
import type { Limiter } from './limits.ts'
import { type MessageStore, notYours } from './message.store.ts'
import type { RoomLog } from './room-log.ts'

/**
 * A write that has its place in the log's order. Accepting one after the other keeps the order of a connection's
 * writes; waiting for `stored` is then no longer in anybody's way. `isKnown`: it was stored already.
 */
export type Accepted = { isKnown: boolean; stored: Promise<Message> }

type Parts = { store: MessageStore; log: RoomLog; limitMessages: Limiter }

/** The rules of the chat: who may do what. */
export function createChat({ store, log, limitMessages }: Parts) {
  /** Trying again with the same id always works: what is stored is answered before any limit, lock or check. */
  async function send(by: Person | null, draft: MessageDraft): Promise<Accepted> {
    const stored = by && (await store.find(draft.id))
    if (stored) return { isKnown: true, stored: Promise.resolve(ownOf(by, stored)) }
    const author = writer(by)
    const { text } = parse(z.object({ text: MessageText }), draft)
    await mayWrite(author, draft.room)
    return { isKnown: false, stored: log.write({ ...draft, text, author }) }
  }

  async function mayWrite(author: Author, roomName: string): Promise<void> {
    const room = await store.openRoom(roomName)
    if (author.role === 'owner') return
    if (room.locked) throw new Refusal('ROOM_LOCKED', 'The room is locked.')
    await limitMessages(author.id)
  }

  return {
    send,
    rooms: store.rooms,
    openRoom: store.openRoom,
    history: store.history,
    changes: store.changes,

    async message(id: string): Promise<Message> {
      const message = await store.find(id)
      if (!message) throw new Refusal('NOT_FOUND', 'There is no such message.')
      return message
    },
  }
}

export type Chat = ReturnType<typeof createChat>

function writer(person: Person | null): Author {
  if (person?.nick) return { id: person.id, nick: person.nick, role: person.role }
  throw new Refusal('NICK_REQUIRED', 'Choose a nick first.')
}

function ownOf(author: Person, stored: Message): Message {
  if (stored.author.id !== author.id) throw notYours()
  return stored
}
