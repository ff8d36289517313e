import type { Lane } from './create-lane.ts'
import type { Lesson } from './use-lesson.ts'

/** A sentence's key below `lesson.`, and its values. */
export type Sentence = { key: string; values?: Record<string, number> }

type Around = Pick<Lesson, 'is'> & { isResting: boolean; othersAreOpen: boolean }
type LaneState = Pick<Lane, 'is' | 'engine' | 'kind'>

/** How a lane stands, as one sentence. */
export function stateOf({ is, engine, kind }: LaneState, around: Around): Sentence {
  const { is: lesson, isResting, othersAreOpen } = around
  if (is === 'idle') return { key: 'state.idle' }
  if (isResting) return { key: 'state.resting' }
  if (is === 'away')
    return { key: lesson === 'cut' || lesson === 'offline' ? `state.${lesson}` : 'state.closed' }
  // Nobody tells a page why there is no WebSocket: that others get through says that the server is there.
  if (is === 'refused') return { key: othersAreOpen ? 'state.refused' : 'state.lost' }
  if (is !== 'open') return { key: `state.${is}` }
  if (!engine) return { key: `state.open.${kind.name}` }
  if (engine.over === 'websocket') return { key: 'state.open.upgraded' }
  return { key: `state.open.${engine.isRefused ? 'refusedPolling' : 'firstPolling'}` }
}

/** What a lane did when it came back; undefined where it has not been away. */
export function returnOf({ back, kind }: Pick<Lane, 'back' | 'kind'>): Sentence | undefined {
  if (!back) return undefined
  const { seconds, cursor = 0, found, lost } = back
  return kind.forgets
    ? { key: 'back.forgot', values: { seconds, n: lost } }
    : { key: 'back.asked', values: { seconds, cursor, n: found } }
}

/** The lane that lost something while it was away, where the others have everything; undefined before all are back. */
export function loserOf(lanes: Pick<Lane, 'back' | 'kind'>[]): { name: string; lost: number } | undefined {
  const losers = lanes.filter(({ back }) => back?.lost !== 0)
  const [loser] = losers
  if (losers.length !== 1 || !loser?.back?.lost) return undefined
  return { name: loser.kind.name, lost: loser.back.lost }
}
