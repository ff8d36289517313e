import type { Logger } from 'pino'
import type { Nick } from '../nicks/nick.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { readInstallation } from '../db/installation.ts'
import type { Database } from '../db/tables.ts'
import type { Route } from '../http/route.ts'
import { type Parts as AccountParts, accountRoutes } from './accounts.routes.ts'
import { createAccountLog } from './account-log.ts'
import { createAccountsStore } from './accounts.store.ts'
import { createAccounts } from './accounts.ts'
import { createSignInLimiter } from './sign-in-limiter.ts'
import { createOwnAccount } from './own-account.ts'
import { createOwner } from './owner.ts'
import { createEncryptionAtRest } from './encrypt-at-rest.ts'
import { twoFactorRoutes } from './two-factor.routes.ts'
import { createTwoFactorStore } from './two-factor.store.ts'
import { createTwoFactor } from './two-factor.ts'
import { createSessions } from './sessions.ts'
import { createTokens } from './tokens.ts'

type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  secrets: string[]
  claimNick: (by: string, nick: Nick) => () => void
  siteName: () => Promise<string | null>
}

/** What the routes need from outside this folder. */
type External = Omit<AccountParts, 'accounts' | 'ownAccount' | 'sessions'>

/** Assembles accounts: users, sign-in, sessions, the second step and the owner. */
export async function startAccounts({ config, db, clock, log, secrets, claimNick, siteName }: Parts) {
  const [store, twoFactorStore] = [createAccountsStore(db), createTwoFactorStore(db)]
  const tokens = createTokens({ secrets, installation: await readInstallation(db), clock })
  const owner = createOwner({ store, clock })
  const accountLog = createAccountLog({ db, clock })
  const onFault = (error: unknown) => log.error({ err: error }, 'the end of a session could not be passed on')
  const sessions = createSessions({ store, tokens, clock, onFault })
  const twoFactor = createTwoFactor({
    store: twoFactorStore,
    encryption: createEncryptionAtRest(secrets),
    clock,
  })
  const signInLimiter = createSignInLimiter(config.LIMIT_LOGINS, clock)
  const ownAccount = createOwnAccount({ store, sessions, signInLimiter, twoFactor, clock })
  const registration = config.REGISTRATION
  const accounts = createAccounts({
    store,
    sessions,
    tokens,
    signInLimiter,
    twoFactor,
    registration,
    claimNick,
    siteName,
    accountLog,
    clock,
  })

  const routes = (external: External): Route[] => [
    ...accountRoutes({ accounts, ownAccount, sessions, ...external }),
    ...twoFactorRoutes(ownAccount, twoFactor),
  ]
  return { accounts, accountLog, owner, tokens, routes }
}
