import { z } from 'zod'
import { type Author, Moderation, ModerationOverview, anyId } from '../../contract/index.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { type Route, route } from '../../http/route.ts'
import type { ModerationRules } from './moderation.ts'
import type { MessageReports } from './message-reports.ts'

const OfMessage = z.object({ id: anyId })

type Parts = { moderation: ModerationRules; reported: MessageReports; addressOf: AddressOf }

export const moderationRoutes = ({ moderation, reported, addressOf }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/chat/moderation',
    who: 'owner',
    summary: 'Who is muted or banned until when, what was reported, and what was done',
    answer: ModerationOverview,
    handle: () => moderation.overview(),
  }),
  route({
    method: 'post',
    path: '/chat/moderation',
    who: 'owner',
    summary: 'Mute, ban, forgive, or erase what somebody wrote: as `visitor:moderate`',
    body: Moderation,
    handle: ({ body, caller }) => moderation.moderate(caller.person, body),
  }),
  route({
    method: 'post',
    path: '/chat/messages/:id/report',
    who: 'writer',
    summary: 'Show a message to the owner; once per message and person',
    params: OfMessage,
    handle: ({ params, caller, req }) => reported.report(caller.person, params.id, addressOf(req)),
  }),
  route({
    method: 'delete',
    path: '/chat/messages/:id/report',
    who: 'owner',
    summary: 'Dismiss what was reported about a message',
    params: OfMessage,
    handle: ({ params, caller }) => reported.dismiss(caller.person as Author, params.id),
  }),
]
