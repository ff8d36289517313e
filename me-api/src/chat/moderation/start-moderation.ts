import type { Clock } from '../../clock.ts'
import type { Notice } from '../../contract/index.ts'
import type { Database } from '../../db/tables.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { AddressBans } from './address-bans.ts'
import { createEraser } from './erase-author.ts'
import { createErasureQueue } from './erasure-queue.ts'
import { createAddressLimiter, createLimiter } from '../rate-limits/rate-limiter.ts'
import type { MessageStore } from '../log/message.store.ts'
import { type VisitorHere, createModeration } from './moderation.ts'
import { moderationRoutes } from './moderation.routes.ts'
import { createModerationStore } from './moderation.store.ts'
import type { Persons } from '../identity/persons.ts'
import type { LastAddresses } from './last-addresses.ts'
import { createMessageReports } from './message-reports.ts'
import { createMessageReportsStore } from './message-reports.store.ts'
import type { RecentlyDeleted } from '../messages/recently-deleted.ts'
import type { RoomLog } from '../log/room-log.ts'
import type { ActiveSanctions } from './active-sanctions.ts'
import { createMyData } from '../my-data/my-data.ts'
import { myDataRoutes } from '../my-data/my-data.routes.ts'
import { createMyDataStore } from '../my-data/my-data.store.ts'

/** Messages that one person, and one address, may report. */
const REPORTS = { person: { count: 10, seconds: 600 }, address: { count: 30, seconds: 600 } }
const REPORTED_ENOUGH = 'You have shown the owner a lot already.'
/** How often one person may have their own words, or take them away. */
const OWN_WORDS = { count: 10, seconds: 600 }

type Parts = {
  db: Database
  clock: Clock
  log: RoomLog
  messages: MessageStore
  sanctions: ActiveSanctions
  persons: Persons
  addressBans: AddressBans
  lastAddresses: LastAddresses
  recentlyDeleted: RecentlyDeleted
  addressOf: AddressOf
  tell: (personId: string, notice: Notice) => void
  tellBarred: (notice: Notice) => void
  end: (personId: string) => void
  visitorsHere: () => VisitorHere[]
}

/** Puts together the owner's hand, what visitors report to it, and everybody's hand over their own words. */
export async function startModeration(parts: Parts) {
  const { db, clock, log, messages, addressBans, recentlyDeleted, addressOf } = parts
  const store = createModerationStore(db)
  const reported = createMessageReports({
    store: createMessageReportsStore(db),
    messages,
    addressBans,
    limitByPerson: createLimiter(REPORTS.person, REPORTED_ENOUGH),
    limitByAddress: createAddressLimiter(REPORTS.address, REPORTED_ENOUGH),
    noteDismissal: (by, message) => moderation.note(by, 'dismiss', message),
    clock,
  })
  const erase = createEraser({ store, log, recentlyDeleted })
  const moderation = createModeration({ ...parts, store, reported, erase })
  await moderation.start()
  const words = createMyData({
    store: createMyDataStore(db),
    erasures: createErasureQueue(erase),
    limit: createLimiter(OWN_WORDS, 'You have asked for your words a lot already.'),
  })
  return {
    moderation,
    routes: [...moderationRoutes({ moderation, reported, addressOf }), ...myDataRoutes(words)],
  }
}
