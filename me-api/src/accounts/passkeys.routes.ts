import type { Request } from 'express'
import { z } from 'zod'
import {
  NewPasskey,
  Passkey,
  PasskeyOptions,
  PasskeySignIn,
  SignedIn,
  anyExactId,
} from '../contract/index.ts'
import type { AddressOf } from '../http/client-address.ts'
import type { Cookies } from '../http/cookies.ts'
import { type Route, route } from '../http/route.ts'
import type { Accounts } from './accounts.ts'
import type { PasskeySite } from './passkey-site.ts'
import type { Passkeys } from './passkeys.ts'
import { answerSignIn, signInOriginOf } from './sign-in-http.ts'

type Parts = {
  accounts: Pick<Accounts, 'signInByPasskey'>
  passkeys: Passkeys
  cookies: Cookies
  addressOf: AddressOf
  /** @throws {Refusal} FORBIDDEN where browsers offer no passkeys */
  passkeySite: (req: Request) => PasskeySite
}

const path = '/me/passkeys'
const logIn = '/login/passkey'

/** REST routes of passkeys: listing, adding and removing one's own, and signing in with one. */
export const passkeyRoutes = ({ accounts, passkeys, passkeySite, ...parts }: Parts): Route[] => [
  route({
    method: 'get',
    path,
    who: 'user',
    summary: 'List your own passkeys, the oldest first',
    answer: z.array(Passkey),
    handle: ({ caller }) => passkeys.list(caller.session.user.id),
  }),
  route({
    method: 'post',
    path: `${path}/options`,
    who: 'user',
    summary:
      'Get the options with which a browser creates a passkey (PublicKeyCredentialCreationOptionsJSON)',
    answer: PasskeyOptions,
    fresh: true,
    handle: ({ caller, req }) => passkeys.creationOptions(caller.session.user, passkeySite(req)),
  }),
  route({
    method: 'post',
    path,
    who: 'user',
    summary: 'Add the passkey that a browser has created; ten at most',
    body: NewPasskey,
    answer: Passkey,
    status: 201,
    fresh: true,
    logged: ({ body }) => ['add-passkey', body.name],
    handle: ({ body, caller, req }) => passkeys.add(caller.session, body, passkeySite(req)),
  }),
  route({
    method: 'delete',
    path: `${path}/:id`,
    who: 'user',
    summary: 'Remove one of your own passkeys; sessions stay open',
    params: z.object({ id: anyExactId }),
    fresh: true,
    logged: ({ data }) => ['remove-passkey', String(data)],
    handle: ({ params, caller }) => passkeys.remove(caller.session, params.id),
  }),
  route({
    method: 'post',
    path: `${logIn}/options`,
    who: 'anybody',
    summary:
      'Get the options with which a browser signs with a passkey (PublicKeyCredentialRequestOptionsJSON)',
    answer: PasskeyOptions,
    handle: ({ req }) => passkeys.requestOptions(passkeySite(req)),
  }),
  route({
    method: 'post',
    path: logIn,
    who: 'anybody',
    summary: 'Sign in with a passkey, without a password or code: returns a token and sets it as a cookie',
    body: PasskeySignIn,
    answer: SignedIn,
    async handle({ body, req, res, hasLeft }) {
      const origin = signInOriginOf(req, parts, hasLeft)
      const signIn = await accounts.signInByPasskey(body.credential, passkeySite(req), origin)
      return answerSignIn(req, res, parts.cookies, signIn)
    },
  }),
]
