import { z } from 'zod'
import {
  ForgottenPassword,
  Member,
  MemberRemoval,
  OneTimeLink,
  PasswordReset,
  anyId,
} from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AddressOf } from '../http/client-address.ts'
import { type Route, route } from '../http/route.ts'
import type { SiteHost } from '../http/site-host.ts'
import { languageOf } from '../site/reader-language.ts'
import type { Leaving } from './leaving.ts'
import type { Members } from './members.ts'
import type { PasswordForgot } from './password-forgot.ts'
import type { PasswordResets } from './password-reset.ts'

export type Parts = {
  members: Members
  leaving: Pick<Leaving, 'remove'>
  passwordReset: PasswordResets
  /** Null where the site sends no mail. */
  forgot: PasswordForgot | null
  /** Limits how often an address says that it has forgotten a password. */
  limitForgotten: (address: string | null) => void
  /** Releases or erases the messages of a deleted account. */
  finishDeparture: (userId: string) => Promise<void>
  originOf: SiteHost['originOf']
  addressOf: AddressOf
}

/** REST routes of the owner's view of all accounts, and of the links that the owner gives out. */
export const memberRoutes = ({ members, leaving, passwordReset, forgot, ...parts }: Parts): Route[] => [
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
    method: 'delete',
    path: '/members/:id',
    who: 'owner',
    fresh: true,
    summary: 'Delete an account; its messages lose their author’s name, or are erased',
    params: z.object({ id: anyId }),
    body: MemberRemoval,
    bodyOptional: true,
    logged: ({ data }) => ['remove-member', data as string],
    async handle({ params: { id }, body: { words } }) {
      const { nick } = await leaving.remove(id, words)
      await parts.finishDeparture(id)
      return nick
    },
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
    handle: ({ params, req }) => members.resetLink(params.id, parts.originOf(req)),
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
    handle: ({ req }) => members.invite(parts.originOf(req)),
  }),
  route({
    method: 'post',
    path: '/password/forgot',
    who: 'anybody',
    status: 202,
    summary: 'Have a link mailed with which you set a new password, if there is an account with the e-mail',
    body: ForgottenPassword,
    handle({ body, req, res }) {
      if (!forgot) throw noMail()
      parts.limitForgotten(parts.addressOf(req))
      const language = languageOf(req)
      // After the answer, which comes in the same time whether or not there is such an account.
      res.once('close', () => forgot(body.email, language))
    },
  }),
  route({
    method: 'post',
    path: '/password/reset',
    who: 'anybody',
    summary: 'Set a new password by a link from the owner or a mail, and end all sessions',
    body: PasswordReset,
    handle: ({ body, req, hasLeft }) => passwordReset.reset(body, { address: parts.addressOf(req), hasLeft }),
  }),
]

const noMail = () =>
  new Refusal(
    'NOT_FOUND',
    'This site sends no mail. Ask the owner for a link to set a new password; the owner runs: npm run owner',
  )
