import type { Logger } from 'pino'
import type { Person } from '../../contract/index.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Tokens } from '../../accounts/tokens.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { UsedOnce } from '../../db/used-once.ts'
import type { AlsoStored, Database } from '../../db/tables.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { ClaimNick } from '../../nicks/claim-nick.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import type { NickHolds } from '../../nicks/nick-holds.ts'
import type { Regulars } from '../../nicks/regulars.ts'
import type { Bots } from '../bots/bots.ts'
import type { StartedModeration } from '../moderation/start-moderation.ts'
import type { ChatLimits } from '../rate-limits/chat-limits.ts'
import type { Signals } from '../signals.ts'
import { createJoinPressure } from '../rate-limits/join-pressure.ts'
import { createNewcomers } from '../rate-limits/new-identities.ts'
import { createProofOfWork } from '../rate-limits/proof-of-work.ts'
import { createAdmission } from './admission.ts'
import { createCallers } from './callers.ts'
import { createEndedIdentities } from './ended-identities.ts'
import { createGuests } from './guests.ts'
import { identityRoutes } from './identity.routes.ts'
import { createNickKeys } from './nick-keys.ts'
import { createRenamedElsewhere } from './renamed-elsewhere.ts'
import { createVisitorsHere } from './visitors-here.ts'
import { createVisitorSweep } from './visitor-sweep.ts'
import { createVisitors } from './visitors.ts'
import { createVisitorsStore } from './visitors.store.ts'

type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  secret: string
  accounts: Accounts
  bots: Bots
  tokens: Tokens
  nickHolds: NickHolds
  claimNick: ClaimNick
  regulars: Regulars
  cookies: Cookies
  limits: ChatLimits
  moderation: StartedModeration
  signals: Signals
  noteJoined: (id: string) => AlsoStored | undefined
  tallies: Tallies
  usedOnce: UsedOnce | null
  oneAtATime: OneAtATime
  addressOf: AddressOf
}

/** Assembles identities: authentication, visitors and admission. */
export async function startIdentity(parts: Parts) {
  const { config, db, clock, log, regulars, accounts, tokens, signals, limits, oneAtATime, addressOf } = parts
  const { sanctions, sanctionChecks, persons, lastAddresses, moderation } = parts.moderation
  const store = createVisitorsStore(db)
  const ended = createEndedIdentities({ signals, clock })
  const newcomers = createNewcomers({ clock, seconds: config.LIMIT_NEWCOMER })
  const proofOfWork = createProofOfWork({
    mode: config.PROOF_OF_WORK,
    secret: parts.secret,
    usedOnce: parts.usedOnce,
    pressure: createJoinPressure({ clock, share: parts.tallies.of('pressure') }),
    clock,
  })
  const admission = createAdmission({ limitJoins: limits.joins, proofOfWork, sanctions, persons })
  const visitors = createVisitors({
    store,
    nickHolds: parts.nickHolds,
    claimNick: parts.claimNick,
    regulars,
    accounts,
    tokens,
    admission,
    persons,
    carryOver: moderation.carryOver,
    lastAddresses,
    newcomers,
    signals,
    ended,
    noteJoined: parts.noteJoined,
    clock,
  })
  const visitorsHere = createVisitorsHere({ ...parts, ...parts.moderation, store, newcomers })
  await visitorsHere.start()
  createVisitorSweep({
    store,
    clock,
    oneAtATime,
    onFault: (error) => log.error({ err: error }, 'visitors who never wrote could not be deleted'),
  }).start()
  const nickKeys = createNickKeys({
    store,
    regulars,
    oneAtATime,
    onFault: (error) => log.error({ err: error }, 'the nicks of an older version could not be read'),
  })
  nickKeys.start()
  const callers = createCallers({ ...parts, visitors, newcomers })
  const guests = createGuests({ callers, visitors, accounts, sanctionChecks, persons, lastAddresses, limits })
  return {
    callers,
    guests,
    visitors,
    newcomers,
    ended,
    renamedAmong: createRenamedElsewhere(db),
    mayRegister: admission.mayRegister,
    /**
     * Checks whether a user may take another nick now.
     * @throws {Refusal} BANNED, MUTED, RATE_LIMITED
     */
    async mayRename(user: Person, address: string | null): Promise<void> {
      if (user.role !== 'owner') {
        limits.nicks(user.id)
        limits.address(address)
      }
      await sanctionChecks.mayWrite(user, address)
    },
    routes: identityRoutes({ visitors, proofOfWork, limits, addressOf }),
    /** Stores which visitors are connected, so that they keep their nicks across a restart. */
    async close(): Promise<void> {
      await Promise.all([nickKeys.stop(), visitorsHere.note(), parts.nickHolds.keep()])
    },
  }
}

export type StartedIdentity = Awaited<ReturnType<typeof startIdentity>>
