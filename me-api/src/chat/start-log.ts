import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { createScrub } from '../db/scrub.ts'
import type { Database } from '../db/tables.ts'
import type { Metrics } from '../http/metrics.ts'
import { createLocalBus } from './bus.ts'
import { closeGaps } from './close-gaps.ts'
import { createMessageStore } from './message.store.ts'
import { createRoomLog } from './room-log.ts'

type Parts = { config: Config; db: Database; clock: Clock; log: Logger; metrics: Metrics }

/** The rooms' log: what stores messages, what carries what was committed, and what wipes deleted words from the files. */
export function startLog({ config, db, clock, log, metrics }: Parts) {
  const onBusFault = (error: unknown) => log.error({ err: error }, 'a change could not be passed on')
  const committed = createLocalBus(onBusFault)
  const scrub = createScrub({
    db,
    kind: config.DATABASE_URL.kind,
    clock,
    onFault: (error) => log.error({ err: error }, 'deleted words are still in the files'),
  })
  const messages = createMessageStore(db)
  const bus = closeGaps({
    bus: committed,
    read: messages.changes,
    onFault: onBusFault,
  })
  bus.subscribe(({ messages }) => messages.some(({ deletedAt }) => deletedAt) && scrub.soon())
  const roomLog = createRoomLog({
    store: metrics.ofStore(messages),
    bus,
    now: clock.now,
    onFault: (error) => log.error({ err: error }, 'messages could not be stored'),
  })
  return { messages, bus, roomLog, scrub }
}
