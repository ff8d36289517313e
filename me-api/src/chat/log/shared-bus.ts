import type { Interchange } from '../../nodes/interchange.ts'
import type { Bus } from './bus.ts'
import { gatherChanges } from './gather-changes.ts'

/**
 * Joins the buses of all nodes: what is published here reaches the subscribers of every node. What gets lost on the way
 * is found by watch-rooms.ts.
 */
export function shareBus(bus: Bus, interchange: Interchange): Bus {
  if (!interchange.isShared) return bus
  const { heard, committed } = gatherChanges(bus.publish)
  interchange.on('change', heard)
  interchange.on('wake', ({ room, rev }) => heard({ room, from: rev, to: rev, messages: [] }))
  return {
    publish(change) {
      committed(change)
      const { room, to } = change
      if (!interchange.send('change', change)) interchange.send('wake', { room, rev: to })
    },
    subscribe: bus.subscribe,
  }
}
