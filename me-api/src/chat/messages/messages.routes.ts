import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  HISTORY_LIMIT,
  HISTORY_LIMIT_MAX,
  HistoryPage,
  Message,
  PostedMessage,
  anyId,
} from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { SiteHost } from '../../http/site-host.ts'
import { queryMoment } from '../../http/query-moment.ts'
import { queryNumber } from '../../http/query-number.ts'
import { type Route, route } from '../../http/route.ts'
import { InRoom } from '../rooms/rooms.routes.ts'
import type { MessageRules } from './messages.ts'
import type { MessageReads } from './read-messages.ts'

const HistoryQuery = z
  .object({
    before: queryNumber(1).optional(),
    at: queryMoment.optional(),
    limit: queryNumber(1, HISTORY_LIMIT_MAX).default(HISTORY_LIMIT),
  })
  .refine(({ before, at }) => before === undefined || at === undefined, {
    error: 'must not be given together with at',
    path: ['before'],
  })

type Parts = {
  rules: MessageRules
  reads: MessageReads
  addressOf: AddressOf
  ownHostOf: SiteHost['ownHostOf']
}

/** REST routes that read and write messages. */
export function messageRoutes({ rules, reads, addressOf, ownHostOf }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/rooms/:room/messages',
      who: 'reader',
      cost: 2,
      summary:
        'Get a page of the history of a room, oldest first: the newest, before a place, or around a moment',
      params: InRoom,
      query: HistoryQuery,
      answer: HistoryPage,
      handle: ({ params, query, caller }) => reads.history(caller?.person ?? null, params.room, query),
    }),
    route({
      method: 'post',
      path: '/chat/rooms/:room/messages',
      who: 'writer',
      summary: 'Send a message; a repeated id returns the message that is already stored',
      params: InRoom,
      body: PostedMessage,
      answer: Message,
      status: 201,
      async handle({ params, body, caller, req, res }) {
        const address = addressOf(req)
        const draft = { ...body, ...params, id: body.id ?? randomUUID() }
        const sent = await rules.send(caller.person, draft, address, ownHostOf(req))
        if (sent.isKnown) res.status(200)
        return sent.stored
      },
    }),
    route({
      method: 'get',
      path: '/chat/messages/:id',
      who: 'reader',
      summary: 'Get a message',
      params: z.object({ id: anyId }),
      answer: Message,
      handle: ({ params, caller }) => reads.message(caller?.person ?? null, params.id),
    }),
    route({
      method: 'delete',
      path: '/chat/messages/:id',
      who: 'writer',
      summary: 'Delete a message; its author and the owner may',
      params: z.object({ id: anyId }),
      answer: Message,
      async handle({ params, caller, req }) {
        const { stored } = await rules.remove(caller.person, params, addressOf(req))
        return stored
      },
    }),
    route({
      method: 'post',
      path: '/chat/messages/:id/restore',
      who: 'owner',
      summary:
        'Restore a message within ten seconds after the owner has deleted it; the same as `message:restore`',
      params: z.object({ id: anyId }),
      answer: Message,
      async handle({ params, caller }) {
        const { stored } = await rules.restore(caller.person, params)
        return stored
      },
    }),
  ]
}
