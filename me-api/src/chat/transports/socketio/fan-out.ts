import type { Bus } from '../../log/bus.ts'
import type { ChatNamespace } from './socket-types.ts'
import { sendChange } from './fast-broadcast.ts'
import { readersOf } from './socket-rooms.ts'

/** Sends each Change to the readers of its room, encoded once for all of them. */
export function fanOut(bus: Bus, namespace: ChatNamespace): void {
  bus.subscribe((change) => {
    sendChange(namespace, readersOf(change.room), change)
  })
}
