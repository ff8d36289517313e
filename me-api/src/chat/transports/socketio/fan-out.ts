import type { Bus } from '../../log/bus.ts'
import type { ChatNamespace } from './socketio.ts'
import { sendChange } from './fast-broadcast.ts'

/** Passes each Change on to the readers of its room, encoded once for all of them. */
export function fanOut(bus: Bus, namespace: ChatNamespace): void {
  bus.subscribe((change) => {
    sendChange(namespace, readersOf(change.room), change)
  })
}

/** Socket.IO's room that holds the readers of one of ours. */
export const readersOf = (room: string): string => `room ${room}`
