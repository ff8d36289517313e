import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Bot, BotChanges, BotCredentials, BotTest, Message, NewBot, anyId } from '../../contract/index.ts'
import { type Route, route } from '../../http/route.ts'
import type { MessageRules } from '../messages/messages.ts'
import { type Bots, personOf, usualRoomOf } from './bots.ts'

const ById = z.object({ id: anyId })

type Parts = { bots: Bots; rules: Pick<MessageRules, 'send'> }

/** REST routes with which the owner manages bots. */
export const botRoutes = ({ bots, rules }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/bots',
    who: 'owner',
    summary: 'List the bots, the oldest first',
    answer: z.array(Bot),
    handle: bots.list,
  }),
  route({
    method: 'post',
    path: '/bots',
    who: 'owner',
    fresh: true,
    summary: 'Make a bot; its token and secret are shown once',
    body: NewBot,
    answer: BotCredentials,
    status: 201,
    logged: ({ body }) => ['create-bot', body.nick],
    handle: ({ body }) => bots.add(body),
  }),
  route({
    method: 'get',
    path: '/bots/:id',
    who: 'owner',
    summary: 'Get a bot',
    params: ById,
    answer: Bot,
    handle: ({ params }) => bots.get(params.id),
  }),
  route({
    method: 'patch',
    path: '/bots/:id',
    who: 'owner',
    summary: "Change a bot's nick or rooms",
    params: ById,
    body: BotChanges,
    answer: Bot,
    logged: async ({ params }) => ['change-bot', (await bots.get(params.id)).nick],
    handle: ({ params, body }) => bots.change(params.id, body),
  }),
  route({
    method: 'delete',
    path: '/bots/:id',
    who: 'owner',
    summary: 'Remove a bot: its token and connections end, its messages stay',
    params: ById,
    logged: ({ data }) => ['remove-bot', data as string],
    handle: ({ params }) => bots.remove(params.id),
  }),
  route({
    method: 'post',
    path: '/bots/:id/token',
    who: 'owner',
    fresh: true,
    summary: 'Give a bot another token and secret; the ones before are no longer valid',
    params: ById,
    answer: BotCredentials,
    status: 201,
    logged: async ({ params }) => ['replace-bot-token', (await bots.get(params.id)).nick],
    handle: ({ params }) => bots.replaceToken(params.id),
  }),
  route({
    method: 'post',
    path: '/bots/:id/test',
    who: 'owner',
    summary: 'Have a bot say something, to see that it works',
    params: ById,
    body: BotTest,
    answer: Message,
    status: 201,
    async handle({ params, body }) {
      const bot = await bots.get(params.id)
      const draft = { id: randomUUID(), room: body.room ?? usualRoomOf(bot), text: body.text }
      return (await rules.send(personOf(bot), draft, null, '')).stored
    },
  }),
]
