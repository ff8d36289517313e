import type { Change, HistoryPage, Message, Person } from '../../contract/index.ts'
import { noMessage } from '../log/apply-write.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { Rooms } from '../rooms/rooms.ts'

type Parts = {
  rooms: Pick<Rooms, 'open' | 'mayRead' | 'refuseHidden'>
  store: Pick<MessageStore, 'find' | 'history' | 'historyAt'>
  changes: MessageStore['changes']
}

/** The page before a seq, the page around a moment in milliseconds, or with neither the newest page. */
type PageWanted = { before?: number | undefined; at?: number | undefined; limit: number }

/**
 * Reads messages on behalf of a person and only from rooms that the person may read. `by` is null for a reader
 * without a nick.
 */
export function createMessageReads({ rooms, store, changes }: Parts) {
  return {
    /** @throws {Refusal} NOT_FOUND */
    async history(by: Person | null, room: string, { before, at, limit }: PageWanted): Promise<HistoryPage> {
      await rooms.open(by, room)
      return at === undefined ? store.history(room, before ?? null, limit) : store.historyAt(room, at, limit)
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
