import { z } from 'zod'
import { CHANGES_LIMIT, CHANGES_LIMIT_MAX, CHANGES_WAIT_MAX, Change } from '../../contract/index.ts'
import { sessionOf } from '../../http/caller.ts'
import { queryNumber } from '../../http/query-number.ts'
import { type Route, route } from '../../http/route.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import { InRoom } from '../rooms/rooms.routes.ts'
import type { LongPoll } from './long-poll.ts'
import { type Streams, startOf } from './sse.ts'

const ChangesQuery = z.object({
  after: queryNumber(0).optional(),
  limit: queryNumber(1, CHANGES_LIMIT_MAX).default(CHANGES_LIMIT),
  wait: queryNumber(0, CHANGES_WAIT_MAX).default(0).describe('seconds'),
})

type Parts = { reads: Pick<MessageReads, 'changes'>; longPoll: LongPoll; streams: Streams }

/** REST routes that follow a room: polling, long polling and Server-Sent Events. */
export function changesRoutes({ reads, longPoll, streams }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/rooms/:room/changes',
      who: 'reader',
      summary: 'Get the changes of a room after a cursor',
      params: InRoom,
      query: ChangesQuery,
      answer: Change,
      handle: ({ params, query, caller, req, res }) => {
        const by = caller?.person ?? null
        const sessionId = sessionOf(caller)
        const read = () => reads.changes(by, params.room, query.after ?? null, query.limit)
        return query.wait > 0
          ? longPoll.poll({ read, by, sessionId, room: params.room, seconds: query.wait, req, res })
          : read()
      },
    }),
    route({
      method: 'get',
      path: '/chat/rooms/:room/stream',
      who: 'reader',
      cost: 2,
      summary:
        'Stream the changes of a room as Server-Sent Events, after `Last-Event-ID`, else after `after`, else from now on',
      params: InRoom,
      query: ChangesQuery.pick({ after: true }),
      answer: Change,
      isStream: true,
      handle({ params, query, caller, req, res }) {
        const start = startOf(req.get('last-event-id'), query.after)
        const by = caller?.person ?? null
        return streams.open({ by, sessionId: sessionOf(caller), room: params.room, start, req, res })
      },
    }),
  ]
}
