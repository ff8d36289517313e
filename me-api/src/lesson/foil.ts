import type { Namespace, Socket } from 'socket.io'
import type { Bus } from '../chat/log/bus.ts'
import type { ConnectionLimit } from '../chat/rate-limits/connection-limit.ts'
import { LESSON_ROOM, type LessonEvents, type Message } from '../contract/index.ts'
import type { AddressOf } from '../http/client-address.ts'

/** What clients send is heard by nobody. */
type NoEvents = Record<string, never>

type Parts = {
  namespace: Namespace<NoEvents, LessonEvents>
  bus: Pick<Bus, 'subscribe'>
  connections: Pick<ConnectionLimit, 'mayStay'>
  addressOf: AddressOf
  /** Closes a connection that is not let in yet, so that its client comes back by itself. */
  endHandshake: (connection: Socket['conn'], reason: string, next: () => void) => void
}

/**
 * Serves Socket.IO without a log, which the lesson shows beside the chat: each message of the lesson's room is emitted
 * once, to whoever is connected to this node just then.
 */
export function serveFoil({ namespace, bus, connections, addressOf, endHandshake }: Parts): void {
  namespace.use(({ conn, request }, next) => {
    try {
      connections.mayStay(addressOf(request))
    } catch {
      return endHandshake(conn, 'RATE_LIMITED', next)
    }
    next()
  })

  let waiting: Message[] = []

  bus.subscribe(({ room, messages, reset }) => {
    // A room that starts over says again what was said before.
    if (room !== LESSON_ROOM || reset) return
    if (waiting.length === 0) setImmediate(emitNext)
    waiting = [...waiting, ...messages]
  })

  /** One message in each turn of the event loop, so that a burst to many readers holds up nobody in the chat. */
  function emitNext(): void {
    const [message, ...others] = waiting
    if (message) namespace.emit('message', message)
    waiting = others
    if (others.length > 0) setImmediate(emitNext)
  }
}
