import type { Bus } from './bus.ts'
import type { ChatNamespace } from './chat.sockets.ts'

/** Passes each Change on to the readers of its room; Socket.IO encodes it once for all of them. */
export function fanOut(bus: Bus, namespace: ChatNamespace): void {
  bus.subscribe((change) => {
    namespace.to(readersOf(change.room)).emit('room:changed', change)
  })
}

/** Socket.IO's room that holds the readers of one of ours. */
export const readersOf = (room: string): string => `room ${room}`
