import { z } from 'zod'
import { Conversation, ConversationChoice, Room } from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { type Route, route } from '../../http/route.ts'
import type { Conversations } from './conversations.ts'

type Parts = { conversations: Pick<Conversations, 'open' | 'list'>; addressOf: AddressOf }

export const conversationRoutes = ({ conversations, addressOf }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/chat/conversations',
    who: 'writer',
    cost: 2,
    summary:
      'List your private conversation with the owner, or as the owner all of them, the one with the latest message first',
    answer: z.array(Conversation),
    handle: ({ caller }) => conversations.list(caller.person),
  }),
  route({
    method: 'post',
    path: '/chat/conversations',
    who: 'writer',
    summary:
      'Open your private conversation with the owner, or as the owner the one with a person; begins it (201) where there is none (200)',
    body: ConversationChoice.optional().transform((choice) => choice ?? {}),
    bodyOptional: true,
    answer: Room,
    status: 201,
    async handle({ body, caller, req, res }) {
      const { room, isNew } = await conversations.open(caller.person, body, addressOf(req))
      if (!isNew) res.status(200)
      return room
    },
  }),
]
