import type { Request, Response } from 'express'
import type { AddressOf } from '../http/client-address.ts'
import type { Cookies } from '../http/cookies.ts'
import type { SignIn, SignInOrigin } from './accounts.ts'
import type { HasLeft } from './passwords.ts'
import { describeDevice } from './user-agent.ts'

/** Returns where a request to sign in comes from. */
export const signInOriginOf = (
  req: Request,
  { cookies, addressOf }: { cookies: Cookies; addressOf: AddressOf },
  hasLeft: HasLeft,
): SignInOrigin => ({
  address: addressOf(req),
  device: describeDevice(req.get('user-agent')),
  deviceToken: cookies.read(req, 'me_device'),
  hasLeft,
})

/** Sets the cookies of a sign-in, and returns its answer. */
export function answerSignIn(
  req: Request,
  res: Response,
  cookies: Cookies,
  { user, token, expiresAt, device }: SignIn,
) {
  cookies.set(req, res, 'me_session', token, expiresAt)
  cookies.set(req, res, 'me_device', device.token, device.expiresAt)
  return { user, token }
}
