import type { Person, SearchPage } from '../../contract/index.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { SearchQuery, SearchStore } from './search.store.ts'

type Parts = { store: SearchStore; rooms: Pick<Rooms, 'open' | 'readableBy'> }

/** Searches the messages of the rooms that a person may read; `by` is null for a reader without a nick. */
export function createSearch({ store, rooms }: Parts) {
  /** @throws {Refusal} NOT_FOUND if there is no such room, INVALID */
  return async function search(by: Person | null, query: SearchQuery): Promise<SearchPage> {
    if (query.room !== undefined) {
      await rooms.open(by, query.room)
      return store.search(query, { hidden: [], conversation: 'all' })
    }
    return store.search(query, await rooms.readableBy(by))
  }
}

export type Search = ReturnType<typeof createSearch>
