import { Presence } from '../../contract/index.ts'
import { type Route, route } from '../../http/route.ts'
import type { PresenceList } from './presence.ts'

type Parts = { presence: PresenceList; ownerLastSeen: () => Promise<number | null> }

export function presenceRoutes({ presence, ownerLastSeen }: Parts): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/presence',
      who: 'all',
      summary: 'Get the people who are in the chat; the answer may be five seconds old',
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
