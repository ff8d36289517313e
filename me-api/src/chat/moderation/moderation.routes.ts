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
    summary: 'Get the muted and banned people, the reported messages and the moderation log',
    answer: ModerationOverview,
    handle: () => moderation.overview(),
  }),
  route({
    method: 'post',
    path: '/chat/moderation',
    who: 'owner',
    summary:
      'Mute or ban a person, lift both (`forgive`), or erase all messages of a person; the same as `visitor:moderate`',
    body: Moderation,
    handle: ({ body, caller }) => moderation.moderate(caller.person, body, caller.session.id),
  }),
  route({
    method: 'post',
    path: '/chat/messages/:id/report',
    who: 'writer',
    summary: 'Report a message to the owner; a person can report each message once',
    params: OfMessage,
    handle: ({ params, caller, req }) => reported.report(caller.person, params.id, addressOf(req)),
  }),
  route({
    method: 'delete',
    path: '/chat/messages/:id/report',
    who: 'owner',
    summary: 'Dismiss the reports of a message',
    params: OfMessage,
    handle: ({ params, caller }) => reported.dismiss(caller.person as Author, params.id),
  }),
]
