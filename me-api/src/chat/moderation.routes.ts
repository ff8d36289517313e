import { ModerationOverview } from '../contract/index.ts'
import { type Route, route } from '../http/route.ts'
import type { ModerationRules } from './moderation.ts'

export const moderationRoutes = (moderation: ModerationRules): Route[] => [
  route({
    method: 'get',
    path: '/chat/moderation',
    who: 'owner',
    summary: 'Who is muted or banned until when, and what was done',
    answer: ModerationOverview,
    handle: () => moderation.overview(),
  }),
]
