import type { AccountLog } from '../../accounts/account-log.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Clock } from '../../clock.ts'
import { type OneAtATime, afterNobody, createOneAfterAnother } from '../../db/one-at-a-time.ts'
import type { Database } from '../../db/tables.ts'
import type { Route } from '../../http/route.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import type { AddressOf } from '../../http/client-address.ts'
import { createPersons } from './persons.ts'
import { createPersonsStore } from './persons.store.ts'
import type { MessageStore } from '../log/message.store.ts'
import type { WriteToMany } from '../log/write-to-many.ts'
import type { MessageReads } from '../messages/read-messages.ts'
import { createRecentlyDeleted } from '../messages/recently-deleted.ts'
import { createAddressLimiter, createLimiter } from '../rate-limits/rate-limiter.ts'
import type { OnlyHere } from '../share-signals.ts'
import type { Signals } from '../signals.ts'
import { createActiveSanctions } from './active-sanctions.ts'
import { createSanctionChecks } from './sanction-checks.ts'
import { createAddressHashes } from './address-hash.ts'
import { createEraser } from './erase-author.ts'
import { createLastAddresses } from './last-addresses.ts'
import { createLastAddressesStore } from './last-addresses.store.ts'
import { createMessageReports } from './message-reports.ts'
import { createMessageReportsStore } from './message-reports.store.ts'
import { createModeration } from './moderation.ts'
import { moderationRoutes } from './moderation.routes.ts'
import { createModerationStore } from './moderation.store.ts'

/** The limits of reports by one person and from one address. */
const REPORTS = { person: { count: 10, seconds: 600 }, address: { count: 30, seconds: 600 } }
const REPORTED_ENOUGH = 'You have shown the owner a lot already.'

type Parts = {
  db: Database
  accounts: Pick<Accounts, 'session'>
  accountLog: Pick<AccountLog, 'list'>
  clock: Clock
  interchange: Interchange
  tallies: Tallies
  oneAtATime: OneAtATime
  /** The key of the address hashes. */
  secret: string
  signals: Signals
  onlyHere: OnlyHere
  writeToMany: WriteToMany
  messages: Pick<MessageStore, 'find'>
  reads: Pick<MessageReads, 'message'>
  addressOf: AddressOf
}

/** Assembles moderation: sanctions, the owner's orders and visitors' reports. */
export async function startModeration(parts: Parts) {
  const { db, clock, secret, signals, tallies, writeToMany, messages, reads, addressOf } = parts
  const store = createModerationStore(db)
  const addressHashesOf = createAddressHashes(secret)
  const sanctions = createActiveSanctions({ clock, addressHashesOf })
  const persons = createPersons({ store: createPersonsStore(db), interchange: parts.interchange })
  const sanctionChecks = createSanctionChecks({ sanctions, store, clock })
  const lastAddresses = createLastAddresses({
    store: createLastAddressesStore(db),
    clock,
    addressHashesOf,
    isShared: parts.interchange.isShared,
  })
  const recentlyDeleted = createRecentlyDeleted(parts)
  const erase = createEraser({ store, writeToMany, recentlyDeleted, signals })
  const reported = createMessageReports({
    store: createMessageReportsStore(db),
    reads,
    find: messages.find,
    sanctionChecks,
    limitByPerson: createLimiter(REPORTS.person, REPORTED_ENOUGH, {
      name: 'reports',
      share: tallies.of('reports by person'),
    }),
    limitByAddress: createAddressLimiter(
      REPORTS.address,
      REPORTED_ENOUGH,
      'reports',
      tallies.of('reports by address'),
    ),
    noteDismissal: (by, message) => moderation.note(by, 'dismiss', message),
    signals,
    clock,
  })
  const moderation = createModeration({
    store,
    sanctions,
    persons,
    lastAddresses,
    reported,
    erase,
    accountLog: parts.accountLog,
    sessionOf: parts.accounts.session,
    clock,
    interchange: parts.interchange,
    oneAtATime: parts.oneAtATime,
    oneAfterAnother: parts.interchange.isShared ? createOneAfterAnother(db) : afterNobody,
    signals,
    onlyHere: parts.onlyHere,
  })
  await moderation.start()
  const routes: Route[] = moderationRoutes({ moderation, reported, addressOf })
  const rules = {
    moderation,
    sanctions,
    sanctionChecks,
    persons,
    lastAddresses,
    recentlyDeleted,
    reported,
    erase,
  }
  return { ...rules, routes }
}

export type StartedModeration = Awaited<ReturnType<typeof startModeration>>
