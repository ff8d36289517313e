import type { Logger } from 'pino'
import type { ClaimNick } from '../nicks/claim-nick.ts'
import type { Clock } from '../clock.ts'
import { createAddressLimiter } from '../chat/rate-limits/rate-limiter.ts'
import type { Config } from '../config.ts'
import { readInstallation } from '../db/installation.ts'
import type { UsedOnce } from '../db/used-once.ts'
import type { Database } from '../db/tables.ts'
import type { Route } from '../http/route.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Tallies } from '../nodes/tallies.ts'
import { type Parts as AccountParts, accountRoutes } from './accounts.routes.ts'
import { createAccountChange } from './account-change.ts'
import { createAccountLog } from './account-log.ts'
import { createAccountsStore } from './accounts.store.ts'
import { createAccounts } from './accounts.ts'
import { createLeaving } from './leaving.ts'
import { createSignInLimiter } from './sign-in-limiter.ts'
import { createOwnAccount } from './own-account.ts'
import { createOwner } from './owner.ts'
import { createEncryptionAtRest } from './encrypt-at-rest.ts'
import { createPasskeyChallenges } from './passkey-challenges.ts'
import { passkeyRoutes } from './passkeys.routes.ts'
import { createPasskeysStore } from './passkeys.store.ts'
import { createPasskeys } from './passkeys.ts'
import { twoFactorRoutes } from './two-factor.routes.ts'
import { createTwoFactorStore } from './two-factor.store.ts'
import { createTwoFactor } from './two-factor.ts'
import { createMembers } from './members.ts'
import { type Parts as MemberParts, memberRoutes } from './members.routes.ts'
import { createOneTimeLinksStore } from './one-time-links.store.ts'
import { createPasswordForgot } from './password-forgot.ts'
import { createPasswordReset } from './password-reset.ts'
import { createSessions } from './sessions.ts'
import { createTokens } from './tokens.ts'
import { createWeakPasswords } from './weak-passwords.ts'

/** How often an address may ask for a link to set a new password. */
const FORGOTTEN = { count: 20, seconds: 3_600 }

type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  secrets: string[]
  claimNick: ClaimNick
  tallies: Tallies
  usedOnce: UsedOnce | null
  siteName: () => Promise<string | null>
  /** Null where the site sends no mail. */
  mailer: Mailer | null
  ownAddress: () => string
}

/** What the routes need from outside this folder. */
type External = Omit<AccountParts, 'accounts' | 'accountChange' | 'leaving' | 'ownAccount' | 'sessions'> &
  Omit<MemberParts, 'members' | 'leaving' | 'passwordReset' | 'forgot' | 'limitForgotten'>

/** Assembles accounts: users, members, sign-in, passkeys, sessions, the second step and the owner. */
export async function startAccounts({
  config,
  db,
  clock,
  log,
  secrets,
  claimNick,
  tallies,
  usedOnce,
  siteName,
  mailer,
  ownAddress,
}: Parts) {
  const [store, twoFactorStore] = [createAccountsStore(db), createTwoFactorStore(db)]
  const links = createOneTimeLinksStore(db)
  const weakPasswords = createWeakPasswords({ siteName })
  const tokens = createTokens({ secrets, installation: await readInstallation(db), clock })
  const owner = createOwner({ store, weakPasswords, clock })
  const accountLog = createAccountLog({ db, clock })
  const onFault = (error: unknown) => log.error({ err: error }, 'the end of a session could not be passed on')
  const sessions = createSessions({ store, tokens, clock, onFault })
  const twoFactor = createTwoFactor({
    store: twoFactorStore,
    encryption: createEncryptionAtRest(secrets),
    clock,
  })
  const signInLimiter = createSignInLimiter(config.LIMIT_LOGINS, clock, tallies)
  const passkeys = createPasskeys({
    store: createPasskeysStore(db),
    accountsStore: store,
    challenges: createPasskeyChallenges({ clock, usedOnce, secret: secrets[0] ?? '' }),
    siteName,
    clock,
  })
  const ownAccount = createOwnAccount({
    store,
    sessions,
    signInLimiter,
    twoFactor,
    weakPasswords,
    passkeys,
    clock,
  })
  const registration = config.REGISTRATION
  const accounts = createAccounts({
    store,
    links,
    sessions,
    weakPasswords,
    tokens,
    signInLimiter,
    twoFactor,
    passkeys,
    registration,
    claimNick,
    siteName,
    accountLog,
    clock,
  })

  const members = createMembers({ store, links, clock })
  const passwordReset = createPasswordReset({ store, links, sessions, signInLimiter, weakPasswords, clock })
  const forgot =
    mailer &&
    createPasswordForgot({
      store,
      send: mailer.send,
      siteName,
      siteUrl: config.SITE_URL,
      ownAddress,
      clock,
      share: tallies.of('password mails'),
      warn: (reason) => log.warn({ reason }, 'a mail was not taken'),
      onFault: (error) => log.error({ err: error }, 'a mail could not be sent'),
    })
  const limitForgotten = createAddressLimiter(
    FORGOTTEN,
    'Your address has asked for many passwords.',
    'forgotten passwords',
    tallies.of('forgotten passwords'),
  )
  const accountChange = createAccountChange({ store, accounts, ownAccount })
  const leaving = createLeaving({ store, sessions, ownAccount, clock })

  const routes = (external: External): Route[] => [
    ...accountRoutes({ accounts, accountChange, leaving, ownAccount, sessions, ...external }),
    ...memberRoutes({ members, leaving, passwordReset, forgot, limitForgotten, ...external }),
    ...twoFactorRoutes(ownAccount, twoFactor),
    ...passkeyRoutes({ accounts, passkeys, ...external }),
  ]
  return { accounts, accountLog, owner, tokens, routes }
}
