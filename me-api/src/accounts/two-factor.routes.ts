import {
  RecoveryCodes,
  SecondStep as State,
  SecondStepEnd,
  SecondStepKey,
  SecondStepProof,
  SecondStepStart,
} from '../contract/index.ts'
import { type Route, route } from '../http/route.ts'
import type { OwnAccount } from './own-account.ts'
import type { TwoFactor } from './two-factor.ts'

const path = '/me/second-step'

/** REST routes of the second step: its state, and turning it on and off. */
export const twoFactorRoutes = (ownAccount: OwnAccount, twoFactor: TwoFactor): Route[] => [
  route({
    method: 'get',
    path,
    who: 'user',
    summary: 'Get whether two-step verification is on',
    answer: State,
    handle: ({ caller }) => twoFactor.state(caller.session.user.id),
  }),
  route({
    method: 'post',
    path,
    who: 'user',
    summary:
      'Start to set up two-step verification: returns a key for the app, which takes effect with the first valid code',
    body: SecondStepStart,
    answer: SecondStepKey,
    status: 201,
    handle: ({ body, caller, req, hasLeft }) =>
      ownAccount.beginSecondStep(caller.session, body.password, req.hostname, hasLeft),
  }),
  route({
    method: 'put',
    path,
    who: 'user',
    summary: 'Turn two-step verification on with a first code, and end all other sessions',
    body: SecondStepProof,
    answer: RecoveryCodes,
    fresh: true,
    logged: () => ['turn-on-second-step', null],
    handle: ({ body, caller }) => ownAccount.confirmSecondStep(caller.session, body.code),
  }),
  route({
    method: 'post',
    path: `${path}/off`,
    who: 'user',
    summary: 'Turn two-step verification off, with the password and a code',
    body: SecondStepEnd,
    logged: () => ['turn-off-second-step', null],
    handle: ({ body, caller, hasLeft }) => ownAccount.endSecondStep(caller.session, body, hasLeft),
  }),
]
