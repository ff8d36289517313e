import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { siteLanguageOf } from '../../contract/index.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { Database } from '../../db/tables.ts'
import type { LogFault } from '../../http/fault-log.ts'
import type { SiteHost } from '../../http/site-host.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import { createOutbound } from '../../outbound/outbound.ts'
import type { ReadRule } from '../rooms/read-rule.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Signals } from '../signals.ts'
import { createAttemptDelivery } from './attempt-delivery.ts'
import { createWebhookDelivery } from './deliver-webhooks.ts'
import { createDeliveriesStore } from './deliveries.store.ts'
import { createMakePayload } from './make-payload.ts'
import type { WebhookOutbox } from './outbox.ts'
import { webhookRoutes } from './webhooks.routes.ts'
import { createWebhooksStore } from './webhooks.store.ts'
import { createWebhooks } from './webhooks.ts'

const HOUR = 3_600_000
/** Milliseconds for which the log keeps what is over, and what never could be sent; and the most that it keeps of a webhook. */
const KEPT = 30 * 24 * HOUR
const KEPT_MAX = 1_000
/** What may wait for one webhook before it is switched off. */
const WAITING_MAX = 100_000

type Parts = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  logFault: LogFault
  oneAtATime: OneAtATime
  interchange: Interchange
  siteHost: SiteHost
  signals: Signals
  rooms: Rooms
  mayRead: ReadRule
  outbox: WebhookOutbox
}

/** Assembles webhooks: which there are, what each is told, and the sending. */
export function startWebhooks(parts: Parts) {
  const { config, db, clock, log, oneAtATime, interchange, siteHost, signals, outbox } = parts
  const store = createWebhooksStore(db)
  const deliveries = createDeliveriesStore(db)
  const onFault = (error: unknown) => parts.logFault(log, error, 'webhooks could not be told')
  const outbound = createOutbound({
    mayReachPrivate: config.OUTBOUND_PRIVATE,
    // What leaves the own network is encrypted.
    mayBePlain: config.OUTBOUND_PRIVATE,
    clock,
  })
  const webhooks = createWebhooks({
    ...{ store, deliveries, outbox, outbound, rooms: parts.rooms, signals, clock },
    wake: () => delivery.wake(),
    tellNodes: () => void interchange.send('webhooks', null),
  })
  const delivery = createWebhookDelivery({
    store: deliveries,
    attempt: createAttemptDelivery({
      ...{ store: deliveries, webhooks: store, switchOff: webhooks.switchOff, outbound, clock, onFault },
      makePayload: createMakePayload({ store: deliveries, mayRead: parts.mayRead }),
      language: siteLanguageOf(config.SITE_LANGUAGE),
      siteUrl: config.SITE_URL,
    }),
    oneAtATime,
    clock,
    onFault,
  })

  async function sweep(): Promise<void> {
    for (const id of await deliveries.overfull(WAITING_MAX)) await webhooks.switchOff(id, 'failing')
    await deliveries.forget(clock.now() - KEPT, KEPT_MAX)
  }
  function sweepLater(): void {
    clock.after(HOUR, () => oneAtATime('webhook sweep', sweep).catch(onFault).finally(sweepLater))
  }

  outbox.onPut(delivery.wake)
  interchange.on('webhooks', () => void clock.after(0, () => outbox.load().catch(onFault)))
  sweepLater()
  delivery.start()
  return {
    routes: webhookRoutes({ webhooks, originOf: siteHost.originOf }),
    /** Reads which webhooks there are, where another node's word of it got lost. */
    look: outbox.load,
    close: delivery.close,
  }
}
