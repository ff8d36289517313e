import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Bus } from '../chat/log/bus.ts'
import type { RoomLog } from '../chat/log/room-log.ts'
import type { ConnectionLimit } from '../chat/rate-limits/connection-limit.ts'
import { createEndHandshake } from '../chat/transports/socketio/end-handshake.ts'
import { closeInSteps } from '../chat/transports/socketio/graceful-close.ts'
import type { InboundPackets } from '../chat/transports/socketio/inbound-packets.ts'
import { dropSlowConsumers } from '../chat/transports/socketio/slow-consumers.ts'
import type { ChatServer } from '../chat/transports/socketio/socket-types.ts'
import type { Clock } from '../clock.ts'
import type { OneAtATime } from '../db/one-at-a-time.ts'
import type { Database } from '../db/tables.ts'
import type { AddressOf } from '../http/client-address.ts'
import type { LogFault } from '../http/fault-log.ts'
import type { Tallies } from '../nodes/tallies.ts'
import { serveFoil } from './foil.ts'
import { lessonRoutes } from './lesson.routes.ts'
import { createLessonStore } from './lesson.store.ts'
import { startRetention } from './retention.ts'
import { createSpeaker } from './speaker.ts'

type Parts = {
  db: Database
  clock: Clock
  log: Logger
  logFault: LogFault
  oneAtATime: OneAtATime
  tallies: Tallies
  addressOf: AddressOf
  bus: Bus
  roomLog: RoomLog
  io: ChatServer
  connections: ConnectionLimit
  inbound: InboundPackets
}

/** Assembles the lesson: its room, in which the server speaks when it is asked to, and Socket.IO without a log. */
export async function startLesson(parts: Parts) {
  const { db, clock, log, logFault, oneAtATime, tallies, addressOf, ...chat } = parts
  const store = createLessonStore(db)
  await store.open()
  await startRetention({
    store,
    clock,
    oneAtATime,
    onFault: (error) => logFault(log, error, 'old messages of the lesson could not be removed'),
  })
  const namespace = chat.io.of('/lesson')
  serveFoil({ ...chat, namespace, addressOf, endHandshake: createEndHandshake(chat.inbound) })
  dropSlowConsumers(namespace, clock)

  return {
    routes: lessonRoutes({
      say: createSpeaker({ roomLog: chat.roomLog, tallies }),
      node: randomUUID().slice(0, 8),
      clock,
      addressOf,
    }),

    /** Closes the transports, so that clients reconnect. */
    close: (): Promise<void> => closeInSteps(namespace),
  }
}
