import type { Interchange } from '../../nodes/interchange.ts'
import { type Bus, upTo } from './bus.ts'
import { gatherChanges } from './gather-changes.ts'

/**
 * Joins the buses of all nodes: what is published here reaches the subscribers of every node. What gets lost on the way
 * is found by watch-rooms.ts.
 */
export function shareBus(bus: Bus, interchange: Interchange): Bus {
  if (!interchange.isShared) return bus
  const { heard, committed } = gatherChanges(bus.publish)
  interchange.on('change', heard)
  return {
    publish(change) {
      committed(change)
      if (!interchange.send('change', change)) interchange.send('change', upTo(change.room, change.to))
    },
    subscribe: bus.subscribe,
  }
}
