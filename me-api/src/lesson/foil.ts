import type { Namespace } from 'socket.io'
import { LESSON_ROOM, type LessonEvents } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { AddressOf } from '../http/client-address.ts'
import type { Bus } from '../chat/log/bus.ts'
import type { ConnectionLimit } from '../chat/rate-limits/connection-limit.ts'

/** Clients send nothing that is answered. */
type NoEvents = Record<string, never>
export type FoilNamespace = Namespace<NoEvents, LessonEvents>

type Parts = {
  namespace: FoilNamespace
  bus: Pick<Bus, 'subscribe'>
  connections: Pick<ConnectionLimit, 'mayStay'>
  addressOf: AddressOf
  /** Closes a connection's transport. */
  close: (connection: object, reason: string) => void
}

/**
 * Serves Socket.IO without a log, which the lesson shows beside the chat: each message of the lesson's room is emitted
 * once, to whoever is connected to this node just then.
 */
export function serveFoil({ namespace, bus, connections, addressOf, close }: Parts): void {
  namespace.use(({ conn, request }, next) => {
    try {
      connections.mayStay(addressOf(request))
      next()
    } catch (error) {
      if (!(error instanceof Refusal)) return next(error as Error)
      // Too many connections pass by themselves, after which Socket.IO's client reconnects.
      close(conn, error.code)
      next(error)
    }
  })

  bus.subscribe(({ room, messages, reset }) => {
    if (room === LESSON_ROOM && !reset) for (const message of messages) namespace.emit('message', message)
  })
}
