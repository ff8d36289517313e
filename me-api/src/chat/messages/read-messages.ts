import type { Change, HistoryPage, Message, Person } from '../../contract/index.ts'
import { noMessage } from '../log/apply-write.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { Rooms } from '../rooms/rooms.ts'

type Parts = {
  rooms: Pick<Rooms, 'open' | 'mayRead' | 'refuseHidden'>
  store: Pick<MessageStore, 'find' | 'history'>
  changes: MessageStore['changes']
}

/**
 * Reads messages on behalf of a person and only from rooms that the person may read. `by` is null for a reader
 * without a nick.
 */
export function createMessageReads({ rooms, store, changes }: Parts) {
  return {
    /** @throws {Refusal} NOT_FOUND */
    async history(
      by: Person | null,
      room: string,
      before: number | null,
      limit: number,
    ): Promise<HistoryPage> {
      await rooms.open(by, room)
      return store.history(room, before, limit)
    },

    /** @throws {Refusal} NOT_FOUND */
    async changes(by: Person | null, room: string, after: number | null, limit: number): Promise<Change> {
      rooms.refuseHidden(by, room)
      return changes(room, after, limit)
    },

    /** @throws {Refusal} NOT_FOUND */
    async message(by: Person | null, id: string): Promise<Message> {
      const message = await store.find(id)
      if (!message || !rooms.mayRead(by, message.room)) throw noMessage()
      return message
    },
  }
}

export type MessageReads = ReturnType<typeof createMessageReads>
