import type { Request } from 'express'
import { z } from 'zod'
import {
  Account,
  AccountChange,
  AccountRemoval,
  Confirmation,
  Credentials,
  PasswordChange,
  type Person,
  Registration,
  SessionName,
  SessionSummary,
  SignedIn,
  type User,
  anyId,
} from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AddressOf } from '../http/client-address.ts'
import type { Callers } from '../http/caller.ts'
import type { Cookies } from '../http/cookies.ts'
import { type Route, route } from '../http/route.ts'
import type { AccountChanges } from './account-change.ts'
import type { Accounts } from './accounts.ts'
import type { Leaving } from './leaving.ts'
import type { OwnAccount } from './own-account.ts'
import type { PasskeySite } from './passkey-site.ts'
import type { Sessions } from './sessions.ts'
import { answerSignIn, signInOriginOf } from './sign-in-http.ts'
import { toPerson } from './users.ts'

export type Parts = {
  accounts: Accounts
  accountChange: AccountChanges
  leaving: Leaving
  ownAccount: OwnAccount
  sessions: Sessions
  callers: Callers
  cookies: Cookies
  /**
   * Checks that this caller may register from this address. Returns the account's person, and a function that checks
   * the proof of work.
   */
  mayRegister: (
    by: Person | null,
    from: { address: string | null; proof: string | null },
  ) => Promise<{ person: string | null; proveWork: () => Promise<void> }>
  /** Applies the person's mutes and bans to the new account. */
  carryOver: (user: User) => Promise<void>
  /** Checks that the user may take another nick now. */
  mayRename: (user: Person, address: string | null) => Promise<void>
  /** Called when a user has another nick. */
  renamed: (user: Person) => void
  /** Ends all tokens of a visitor. */
  signOutVisitor: (id: string) => Promise<void>
  /** Releases or erases the messages of a deleted account. */
  finishDeparture: (userId: string) => Promise<void>
  addressOf: AddressOf
  /** @throws {Refusal} FORBIDDEN where browsers offer no passkeys */
  passkeySite: (req: Request) => PasskeySite
}

export function accountRoutes(parts: Parts): Route[] {
  const { accounts, accountChange, leaving, ownAccount, sessions, callers, cookies } = parts
  const { mayRegister, carryOver, addressOf, passkeySite } = parts

  /** Returns the caller, or null; an invalid token counts as none. */
  const callerOf = (req: Request) =>
    callers.identify(req).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'TOKEN_INVALID') return null
      throw error
    })

  return [
    route({
      method: 'post',
      path: '/register',
      who: 'anybody',
      summary:
        "Create an account and sign in, as login does; a visitor's token allows the nick that this visitor has",
      body: Registration,
      answer: SignedIn,
      status: 201,
      async handle({ body, req, res, hasLeft }) {
        const caller = await callerOf(req)
        const from = { address: addressOf(req), proof: body.proof ?? null }
        const { person, proveWork } = await mayRegister(caller?.person ?? null, from)
        const visitorId = caller?.kind === 'visitor' ? caller.person.id : null
        const user = await accounts.register(body, { visitorId, person, proveWork, hasLeft })
        if (person) await carryOver(user)
        const signIn = await accounts.signInNew(user, signInOriginOf(req, parts, hasLeft))
        return answerSignIn(req, res, cookies, signIn)
      },
    }),
    route({
      method: 'post',
      path: '/login',
      who: 'anybody',
      summary:
        'Sign in: returns a token and sets it as a cookie; 401 with the pointer /code where a code is required too',
      body: Credentials,
      answer: SignedIn,
      async handle({ body, req, res, hasLeft }) {
        const signIn = await accounts.signIn(body, signInOriginOf(req, parts, hasLeft))
        return answerSignIn(req, res, cookies, signIn)
      },
    }),
    route({
      method: 'post',
      path: '/logout',
      who: 'anybody',
      summary: 'Sign out; the token is no longer valid',
      async handle({ req, res }) {
        const caller = await callerOf(req)
        if (caller?.kind === 'user') await accounts.signOut(caller.session)
        cookies.clear(req, res, 'me_session')
      },
    }),
    route({
      method: 'post',
      path: '/me/password',
      who: 'user',
      summary: 'Change the password and end all other sessions',
      body: PasswordChange,
      logged: () => ['change-password', null],
      handle: ({ body, caller, hasLeft }) => ownAccount.changePassword(caller.session, body, hasLeft),
    }),
    route({
      method: 'post',
      path: '/me/confirm',
      who: 'user',
      summary:
        'Prove who you are again, with the password, a code or a passkey, for what needs a proof within the last hour',
      body: Confirmation,
      handle: ({ body, caller, req, hasLeft }) =>
        ownAccount.confirm(caller.session, body, () => passkeySite(req), hasLeft),
    }),
    route({
      method: 'get',
      path: '/me/confirm',
      who: 'user',
      summary: 'Check that you have proved who you are within the last hour',
      fresh: true,
      handle: () => {},
    }),
    route({
      method: 'get',
      path: '/me',
      who: 'user',
      summary: 'Get the user who is signed in',
      answer: Account,
      handle({ caller: { session }, req, res }) {
        // A page requests this when it opens, so this renews the cookie for as long as the session now lasts.
        const token = callers.cookieOf(req)
        if (token) cookies.set(req, res, 'me_session', token, session.expiresAt)
        return { user: session.user }
      },
    }),
    route({
      method: 'patch',
      path: '/me',
      who: 'user',
      summary: 'Change your own nick and e-mail',
      body: AccountChange,
      answer: Account,
      logged: ({ data }) => ['change-account', (data as { user: User }).user.nick],
      async handle({ body, caller: { session }, req, hasLeft }) {
        const mayRename = () => parts.mayRename(toPerson(session.user), addressOf(req))
        const user = await accountChange.change(session, body, { mayRename, hasLeft })
        if (user.nick !== session.user.nick) parts.renamed(toPerson(user))
        return { user }
      },
    }),
    route({
      method: 'delete',
      path: '/me',
      who: 'user',
      summary: 'Delete your own account; your messages lose your name, or are erased',
      body: AccountRemoval,
      async handle({ body, caller: { session }, req, res, hasLeft }) {
        await leaving.leave(session, body, hasLeft)
        cookies.clear(req, res, 'me_session')
        await parts.finishDeparture(session.user.id)
      },
    }),
    route({
      method: 'delete',
      path: '/me/sessions',
      who: 'writer',
      summary: 'Sign out everywhere: ends all of your sessions, or all tokens of a visitor for good',
      logged: () => ['sign-out-everywhere', null],
      async handle({ caller, req, res }) {
        if (caller.kind === 'visitor') return parts.signOutVisitor(caller.person.id)
        if (caller.kind === 'bot') throw new Refusal('FORBIDDEN', 'The owner ends the token of a bot.')
        await sessions.endAll(caller.session.user.id)
        cookies.clear(req, res, 'me_session')
      },
    }),
    route({
      method: 'get',
      path: '/me/sessions',
      who: 'user',
      summary: 'List your own sessions, the last used first',
      answer: z.array(SessionSummary),
      handle: ({ caller }) => sessions.list(caller.session),
    }),
    route({
      method: 'patch',
      path: '/me/sessions/:id',
      who: 'user',
      summary: 'Name one of your own sessions',
      params: z.object({ id: anyId }),
      body: SessionName,
      handle: ({ params, body, caller }) => sessions.rename(caller.session, params.id, body.name),
    }),
    route({
      method: 'delete',
      path: '/me/sessions/:id',
      who: 'user',
      summary: 'End one of your own sessions and close its connections',
      params: z.object({ id: anyId }),
      async handle({ params, caller, req, res }) {
        await sessions.revoke(caller.session, params.id)
        if (params.id === caller.session.id) cookies.clear(req, res, 'me_session')
      },
    }),
  ]
}
