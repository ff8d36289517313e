import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import type { Database } from '../../db/tables.ts'
import type { Metrics } from '../metrics/chat-metrics.ts'
import { createLocalBus } from './bus.ts'
import { createGaplessBus } from './gapless-bus.ts'
import { createMessageStore } from './message.store.ts'
import { createRoomLog } from './room-log.ts'

type Parts = { db: Database; clock: Clock; log: Logger; metrics: Metrics }

/** The rooms' log: what stores messages, and what carries what was committed. */
export function startLog({ db, clock, log, metrics }: Parts) {
  const onBusFault = (error: unknown) => log.error({ err: error }, 'a change could not be passed on')
  const committed = createLocalBus(onBusFault)
  const messages = createMessageStore(db)
  const bus = createGaplessBus({
    bus: committed,
    read: messages.changes,
    onFault: onBusFault,
  })
  const roomLog = createRoomLog({
    store: metrics.ofStore(messages),
    bus,
    now: clock.now,
    onFault: (error) => log.error({ err: error }, 'messages could not be stored'),
  })
  return { messages, bus, roomLog }
}
