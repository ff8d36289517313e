import { z } from 'zod'
import { HISTORY_LIMIT, HISTORY_LIMIT_MAX, RoomName, SearchPage } from '../../contract/index.ts'
import { queryNumber } from '../../http/query-number.ts'
import { type Route, route } from '../../http/route.ts'
import type { Search } from './search.ts'

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

export function searchRoutes(search: Search): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/search',
      who: 'reader',
      cost: 10,
      summary: 'Search for messages that contain all words, newest first',
      query: SearchFor,
      answer: SearchPage,
      handle: ({ query, caller }) => search(caller?.person ?? null, query),
    }),
  ]
}
