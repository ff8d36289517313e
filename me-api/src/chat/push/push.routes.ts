import type { Request } from 'express'
import { PushEnd, PushKey, PushRequest } from '../../contract/index.ts'
import type { Caller } from '../../http/caller.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { type Route, route } from '../../http/route.ts'
import type { Asking, PushSubscriptions } from './push-subscriptions.ts'

type Parts = {
  subscriptions: PushSubscriptions
  addressOf: AddressOf
  originOf: (req: Request) => string
}

/** REST routes of web push, with a visitor's or a user's token, or the cookie. */
export function pushRoutes({ subscriptions, addressOf, originOf }: Parts): Route[] {
  const askingOf = (caller: Caller, req: Request): Asking => ({
    person: caller.person,
    sessionId: caller.kind === 'user' ? caller.session.id : null,
    address: addressOf(req),
    origin: originOf(req),
  })

  return [
    route({
      method: 'get',
      path: '/push/key',
      who: 'all',
      summary: 'Get the key that browsers subscribe with; 404 where the site sends no pushes',
      answer: PushKey,
      handle: () => subscriptions.key(),
    }),
    route({
      method: 'post',
      path: '/me/push',
      who: 'writer',
      status: 201,
      summary: 'Have pushes sent to a browser of yours while you are away; of more than ten the oldest go',
      body: PushRequest,
      handle: ({ caller, body, req }) => subscriptions.add(askingOf(caller, req), body),
    }),
    route({
      method: 'delete',
      path: '/me/push',
      who: 'writer',
      summary: 'Have no more pushes sent to a browser of yours',
      body: PushEnd,
      handle: ({ caller, body }) => subscriptions.remove(caller.person, body.endpoint),
    }),
    route({
      method: 'post',
      path: '/me/push/test',
      who: 'writer',
      summary: 'Send a test to all of your browsers',
      handle: ({ caller }) => subscriptions.test(caller.person),
    }),
  ]
}
