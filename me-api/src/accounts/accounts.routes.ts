import type { CookieOptions, Request, Response } from 'express'
import { Account, Credentials, PasswordChange, Registration, SignedIn } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AddressOf } from '../http/addresses.ts'
import { COOKIE, type Callers, SECURE_COOKIE } from '../http/callers.ts'
import { type Route, route } from '../http/route.ts'
import type { Accounts } from './accounts.ts'

type Parts = { accounts: Accounts; callers: Callers; addressOf: AddressOf }

export function accountRoutes({ accounts, callers, addressOf }: Parts): Route[] {
  /** The caller, where one is known; a token that is no longer valid is nobody's. */
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
      summary: "Make an account; with a visitor's token one may take the nick one has",
      body: Registration,
      answer: Account,
      status: 201,
      async handle({ body, req }) {
        const caller = await callerOf(req)
        return { user: await accounts.register(body, caller?.kind === 'visitor' ? caller.person.id : null) }
      },
    }),
    route({
      method: 'post',
      path: '/login',
      who: 'anybody',
      summary: 'Sign in: a token, and the same as a cookie',
      body: Credentials,
      answer: SignedIn,
      async handle({ body, req, res }) {
        const { user, token, expiresAt } = await accounts.signIn(body, addressOf(req))
        res.cookie(nameOf(req), token, { ...optionsOf(req), expires: new Date(expiresAt) })
        return { user, token }
      },
    }),
    route({
      method: 'post',
      path: '/logout',
      who: 'anybody',
      summary: 'Sign out: the token is worth nothing any more',
      async handle({ req, res }) {
        const caller = await callerOf(req)
        if (caller?.kind === 'user') await accounts.signOut(caller.session)
        clearCookies(req, res)
      },
    }),
    route({
      method: 'post',
      path: '/me/password',
      who: 'user',
      summary: 'Change the password; all other sessions end',
      body: PasswordChange,
      handle: ({ body, caller }) => accounts.changePassword(caller.session, body),
    }),
    route({
      method: 'get',
      path: '/me',
      who: 'user',
      summary: 'Who is signed in',
      answer: Account,
      handle: ({ caller }) => ({ user: caller.session.user }),
    }),
  ]
}

const nameOf = (req: Request): string => (req.secure ? SECURE_COOKIE : COOKIE)

const optionsOf = (req: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  path: '/',
  secure: req.secure,
})

function clearCookies(req: Request, res: Response): void {
  res.clearCookie(COOKIE, optionsOf(req))
  if (req.secure) res.clearCookie(SECURE_COOKIE, optionsOf(req))
}
