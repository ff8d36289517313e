import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  CHANGES_LIMIT,
  CHANGES_LIMIT_MAX,
  CHANGES_WAIT_MAX,
  Challenge,
  Change,
  HISTORY_LIMIT,
  HISTORY_LIMIT_MAX,
  HistoryPage,
  Identity,
  Message,
  NickChoice,
  PostedMessage,
  Presence,
  RoomName,
  SearchPage,
  anyId,
} from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { type Route, route } from '../../http/route.ts'
import type { MessageRules } from './messages.ts'
import { type Streams, startOf } from '../transports/sse.ts'
import type { Limiter } from '../rate-limits/rate-limiter.ts'
import type { LongPoll } from '../transports/long-poll.ts'
import { readNick } from '../../nicks/nick.ts'
import type { ProofOfWork } from '../rate-limits/proof-of-work.ts'
import { InRoom } from '../rooms/rooms.routes.ts'
import type { PresenceList } from '../presence/presence.ts'
import type { SearchStore } from '../search/search.store.ts'
import type { Visitors } from '../identity/visitors.ts'

/** A number in a query string. */
const number = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))

const HistoryQuery = z.object({
  before: number(1).optional(),
  limit: number(1, HISTORY_LIMIT_MAX).default(HISTORY_LIMIT),
})
const ChangesQuery = z.object({
  after: number(0).optional(),
  limit: number(1, CHANGES_LIMIT_MAX).default(CHANGES_LIMIT),
  wait: number(0, CHANGES_WAIT_MAX).default(0).describe('seconds'),
})
const SearchFor = z
  .object({
    q: z.string().trim().min(1, 'must not be empty').max(200),
    room: RoomName.optional(),
    before: number(1).optional(),
    limit: number(1, HISTORY_LIMIT_MAX).default(HISTORY_LIMIT),
  })
  .refine(({ room, before }) => room !== undefined || before === undefined, {
    error: 'needs a room: places are counted in each room on its own',
    path: ['before'],
  })

type Parts = {
  chat: MessageRules
  search: SearchStore
  longPoll: LongPoll
  streams: Streams
  visitors: Visitors
  proofOfWork: Pick<ProofOfWork, 'challenge'>
  limitChallenges: Limiter
  limitAddress: Limiter
  presence: PresenceList
  ownerLastSeen: () => Promise<number | null>
  addressOf: AddressOf
}

export function messageRoutes({
  chat,
  search,
  longPoll,
  streams,
  visitors,
  proofOfWork,
  limitChallenges,
  limitAddress,
  presence,
  ownerLastSeen,
  addressOf,
}: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/rooms/:room/messages',
      who: 'all',
      cost: 2,
      summary: 'A page of history, oldest first',
      params: InRoom,
      query: HistoryQuery,
      answer: HistoryPage,
      handle: ({ params, query }) => chat.history(params.room, query.before ?? null, query.limit),
    }),
    route({
      method: 'get',
      path: '/chat/rooms/:room/changes',
      who: 'all',
      summary: 'What happened after a cursor',
      params: InRoom,
      query: ChangesQuery,
      answer: Change,
      handle: ({ params, query, req, res }) => {
        const read = () => chat.changes(params.room, query.after ?? null, query.limit)
        return query.wait > 0
          ? longPoll.poll({ read, room: params.room, seconds: query.wait, req, res })
          : read()
      },
    }),
    route({
      method: 'get',
      path: '/chat/rooms/:room/stream',
      who: 'all',
      cost: 2,
      summary: 'The same as Server-Sent Events, after `Last-Event-ID`, else `after`, else what comes next',
      params: InRoom,
      query: ChangesQuery.pick({ after: true }),
      answer: Change,
      isStream: true,
      handle: ({ params, query, req, res }) =>
        streams.open(params.room, startOf(req.get('last-event-id'), query.after), req, res),
    }),
    route({
      method: 'get',
      path: '/chat/search',
      who: 'all',
      cost: 10,
      summary: 'Messages in which all words occur, newest first',
      query: SearchFor,
      answer: SearchPage,
      async handle({ query }) {
        if (query.room !== undefined) await chat.openRoom(query.room)
        return search.search(query)
      },
    }),
    route({
      method: 'post',
      path: '/chat/rooms/:room/messages',
      who: 'writer',
      summary: 'Say something; the same id again is the same message',
      params: InRoom,
      body: PostedMessage,
      answer: Message,
      status: 201,
      async handle({ params, body, caller, req, res }) {
        const address = addressOf(req)
        visitors.cameFrom(caller.person.id, address)
        const draft = { ...body, ...params, id: body.id ?? randomUUID() }
        const sent = await chat.send(caller.person, draft, address)
        if (sent.isKnown) res.status(200)
        return sent.stored
      },
    }),
    route({
      method: 'get',
      path: '/chat/messages/:id',
      who: 'all',
      summary: 'One message',
      params: z.object({ id: anyId }),
      answer: Message,
      handle: ({ params }) => chat.message(params.id),
    }),
    route({
      method: 'delete',
      path: '/chat/messages/:id',
      who: 'writer',
      summary: 'Take a message away: its author, or the owner',
      params: z.object({ id: z.string() }),
      answer: Message,
      async handle({ params, caller, req }) {
        const id = params.id.toLowerCase()
        const { stored } = await chat.remove(caller.person, { id }, addressOf(req))
        return stored
      },
    }),
    route({
      method: 'post',
      path: '/chat/messages/:id/restore',
      who: 'owner',
      summary: 'Bring a message back within ten seconds of its deletion by the owner: as `message:restore`',
      params: z.object({ id: anyId }),
      answer: Message,
      async handle({ params, caller }) {
        const { stored } = await chat.restore(caller.person, params)
        return stored
      },
    }),
    route({
      method: 'post',
      path: '/chat/visitors',
      who: 'all',
      summary: 'An identity for a script',
      body: NickChoice,
      answer: Identity,
      status: 201,
      async handle({ body, caller, req }) {
        const address = addressOf(req)
        limitAddress(address)
        return visitors.join(readNick(body.nick), { address, proof: body.proof, provenId: caller?.person.id })
      },
    }),
    route({
      method: 'get',
      path: '/chat/challenge',
      who: 'all',
      cost: 5,
      summary:
        'Some work for a machine, for where PROOF_REQUIRED asks for it; good once and for a few minutes',
      answer: Challenge,
      async handle({ req, res }) {
        res.set('Cache-Control', 'no-store')
        const address = addressOf(req)
        limitChallenges(address)
        return proofOfWork.challenge(address)
      },
    }),
    route({
      method: 'get',
      path: '/chat/presence',
      who: 'all',
      summary: 'Who is here; may be five seconds old',
      answer: Presence,
      async handle({ res }) {
        res.set('Cache-Control', 'public, max-age=5')
        const lastSeenAt = await ownerLastSeen()
        return {
          ...presence.list(),
          owner: {
            here: presence.isOwnerHere(),
            lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt).toISOString(),
          },
        }
      },
    }),
  ]
}
