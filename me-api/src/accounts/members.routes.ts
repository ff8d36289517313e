import { z } from 'zod'
import { Member, OneTimeLink, PasswordReset, anyId } from '../contract/index.ts'
import type { AddressOf } from '../http/client-address.ts'
import { type Route, route } from '../http/route.ts'
import type { SiteHost } from '../http/site-host.ts'
import type { Members } from './members.ts'
import type { PasswordResets } from './password-reset.ts'

type Parts = {
  members: Members
  passwordReset: PasswordResets
  originOf: SiteHost['originOf']
  addressOf: AddressOf
}

export const memberRoutes = ({ members, passwordReset, originOf, addressOf }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/members',
    who: 'owner',
    fresh: true,
    summary: 'List all accounts, the oldest first',
    answer: z.array(Member),
    handle: () => members.list(),
  }),
  route({
    method: 'post',
    path: '/members/:id/reset',
    who: 'owner',
    fresh: true,
    summary: "Make a link with which a member sets a new password; it replaces the member's earlier one",
    params: z.object({ id: anyId }),
    answer: OneTimeLink,
    status: 201,
    logged: async ({ params }) => ['reset-member', await members.nickOf(params.id)],
    handle: ({ params, req }) => members.resetLink(params.id, originOf(req)),
  }),
  route({
    method: 'post',
    path: '/invitations',
    who: 'owner',
    fresh: true,
    summary: 'Make a link with which somebody registers',
    answer: OneTimeLink,
    status: 201,
    logged: () => ['invite', null],
    handle: ({ req }) => members.invite(originOf(req)),
  }),
  route({
    method: 'post',
    path: '/password/reset',
    who: 'anybody',
    summary: 'Set a new password by a link from the owner, and end all sessions',
    body: PasswordReset,
    handle: ({ body, req, hasLeft }) => passwordReset.reset(body, { address: addressOf(req), hasLeft }),
  }),
]
