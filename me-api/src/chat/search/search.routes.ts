import { z } from 'zod'
import { HISTORY_LIMIT, HISTORY_LIMIT_MAX, RoomName, SearchPage } from '../../contract/index.ts'
import { queryNumber } from '../../http/query-number.ts'
import { type Route, route } from '../../http/route.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { SearchStore } from './search.store.ts'

const SearchFor = z
  .object({
    q: z.string().trim().min(1, 'must not be empty').max(200),
    room: RoomName.optional(),
    before: queryNumber(1).optional(),
    limit: queryNumber(1, HISTORY_LIMIT_MAX).default(HISTORY_LIMIT),
  })
  .refine(({ room, before }) => room !== undefined || before === undefined, {
    error: 'needs a room: places are counted in each room on its own',
    path: ['before'],
  })

type Parts = { store: SearchStore; rooms: Pick<Rooms, 'open' | 'hiddenFrom'> }

/** Searching the messages that one may read. */
export function searchRoutes({ store, rooms }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/search',
      who: 'reader',
      cost: 10,
      summary: 'Messages in which all words occur, newest first',
      query: SearchFor,
      answer: SearchPage,
      async handle({ query, caller }) {
        const by = caller?.person ?? null
        if (query.room !== undefined) await rooms.open(by, query.room)
        return store.search(query, await rooms.hiddenFrom(by))
      },
    }),
  ]
}
