import type { Logger } from 'pino'
import type { Owner } from '../../accounts/owner.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { Database } from '../../db/tables.ts'
import { Refusal } from '../../errors.ts'
import type { AddressOf } from '../../http/client-address.ts'
import type { LogFault } from '../../http/fault-log.ts'
import type { SiteHost } from '../../http/site-host.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import { createOutbound } from '../../outbound/outbound.ts'
import type { Bus } from '../log/bus.ts'
import type { StartedModeration } from '../moderation/start-moderation.ts'
import type { Conversations } from '../conversations/conversations.ts'
import { createCounters } from '../rate-limits/counters.ts'
import { createAddressLimiter, createLimiter } from '../rate-limits/rate-limiter.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Signals } from '../signals.ts'
import type { Attendance } from './attendance.ts'
import { createDelivery } from './deliver-pushes.ts'
import { createNewMessagesStore } from './new-messages.store.ts'
import { createNotes } from './note-messages.ts'
import { readPushKeys } from './push-keys.ts'
import { defaultSubject, subjectRefusal } from './push-subject.ts'
import { createPushSubscriptions } from './push-subscriptions.ts'
import { pushRoutes } from './push.routes.ts'
import { createPushStore } from './push.store.ts'
import { createSendPush } from './send-push.ts'

/** How often one person, and one address, may subscribe a browser, and one person send a test. */
const SUBSCRIBES = { person: { count: 20, seconds: 3_600 }, address: { count: 60, seconds: 3_600 } }
const TESTS = { count: 5, seconds: 60 }
const TOO_OFTEN = 'That was too often.'
/** How often one browser is told. */
const PUSHES = { count: 10, seconds: 300 }
/** Milliseconds between two searches for browsers of people who are no longer known. */
const SWEEP_EVERY = 24 * 3_600_000

type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  logFault: LogFault
  owner: Owner
  tallies: Tallies
  oneAtATime: OneAtATime
  siteHost: SiteHost
  addressOf: AddressOf
  signals: Signals
  bus: Bus
  attendance: Attendance
  /** Notes that the owner is to be told of a report by mail. */
  mailReport: (messageId: string) => Promise<void>
  mayRead: ReadRule
  conversations: Pick<Conversations, 'hasRead'>
  moderation: Pick<StartedModeration, 'sanctions' | 'sanctionChecks'>
}

/** Assembles web push: who asked, who is told of what, and the sending. */
export async function startPush(parts: Parts) {
  const { config, db, clock, log, logFault, owner, tallies, oneAtATime, siteHost, signals } = parts
  const { attendance, mayRead } = parts
  const { sanctions, sanctionChecks } = parts.moderation
  const store = createPushStore(db)
  const keys = await readPushKeys(db)
  const outbound = createOutbound({ mayReachPrivate: config.OUTBOUND_PRIVATE, clock })

  /** Returns the address that push services may write to, null while there is none, or none that they accept. */
  async function subject(): Promise<string | null> {
    const chosen =
      config.PUSH_SUBJECT ?? defaultSubject(config.SITE_URL, (await owner.contact())?.email ?? null)
    return chosen && subjectRefusal(chosen) === null ? chosen : null
  }

  const subscriptions = createPushSubscriptions({
    store,
    outbound,
    publicKey: keys.publicKey,
    subject,
    mayBeHere: sanctionChecks.mayBeHere,
    limitByPerson: createLimiter(SUBSCRIBES.person, TOO_OFTEN, {
      name: 'push subscriptions',
      share: tallies.of('push subscriptions by person'),
    }),
    limitByAddress: createAddressLimiter(
      SUBSCRIBES.address,
      TOO_OFTEN,
      'push subscriptions',
      tallies.of('push subscriptions by address'),
    ),
    limitTests: createLimiter(TESTS, TOO_OFTEN, { name: 'push tests', share: tallies.of('push tests') }),
    clock,
  })
  const pushed = createCounters(PUSHES, { share: tallies.of('pushes') })
  const delivery = createDelivery({
    store,
    send: createSendPush({ outbound, keys }),
    attendance,
    mayRead,
    isBanned: (id) => isRefused(() => sanctions.mayBeHere(id)),
    hasRead: parts.conversations.hasRead,
    pace: (id) => pushed.take(String(id), 1),
    subject,
    siteUrl: config.SITE_URL,
    clock,
    warn: (reason) => log.warn({ reason }, 'a push was not taken'),
    onFault: (error) => logFault(log, error, 'a push could not be sent'),
  })
  const onFault = (error: unknown) => logFault(log, error, 'nobody was told of a message')
  const notes = createNotes({
    store,
    newMessages: createNewMessagesStore(db, { withMail: config.SMTP_URL !== undefined }),
    bus: parts.bus,
    attendance,
    mayRead,
    ownersId: async () => (await owner.contact())?.id ?? null,
    mailReport: parts.mailReport,
    clock,
    onFault,
  })

  signals.messageReported.subscribe(notes.reported)
  signals.webhookSwitchedOff.subscribe(notes.webhookSwitchedOff)
  signals.identityEnded.subscribe(store.removeAllOf)
  signals.wordsErased.subscribe(store.removeAllOf)
  function sweepLater(): void {
    clock.after(SWEEP_EVERY, () =>
      oneAtATime('push sweep', store.removeOrphans).catch(onFault).finally(sweepLater),
    )
  }
  sweepLater()
  await notes.start()
  delivery.start()

  return {
    routes: pushRoutes({ subscriptions, addressOf: parts.addressOf, originOf: siteHost.originOf }),

    /** Returns why nothing is sent although there is an address for it, for the start's line; null otherwise. */
    async whyOff(): Promise<string | null> {
      const fallback = defaultSubject(config.SITE_URL, (await owner.contact())?.email ?? null)
      return config.PUSH_SUBJECT || !fallback ? null : subjectRefusal(fallback)
    },
    async close(): Promise<void> {
      await notes.close()
      await delivery.close()
    },
  }
}

function isRefused(check: () => void): boolean {
  try {
    check()
    return false
  } catch (error) {
    if (error instanceof Refusal) return true
    throw error
  }
}
