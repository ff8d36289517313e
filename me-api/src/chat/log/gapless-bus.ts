import { CATCH_UP_MAX, type Change } from '../../contract/index.ts'
import { type Bus, createLocalBus } from './bus.ts'
import { type Follower, createFollower } from './follow.ts'

type Parts = {
  bus: Bus
  read: (room: string, after: number, limit: number) => Promise<Change>
  onFault: (error: unknown) => void
}

/**
 * A bus whose Changes join end to end in each room, also where another program wrote in between, such as an import:
 * the first Change after it begins where the last one ended, and carries what came between. Readers would ask for it
 * themselves; this saves each of them the asking. Where it is too much for a frame, they do ask.
 */
export function createGaplessBus({
  bus,
  read,
  onFault,
}: Parts): Bus & { start: (rooms: { name: string; rev: number }[]) => void } {
  const { publish, subscribe } = createLocalBus(onFault)
  const followers = new Map<string, Follower>()

  /** What the Change lacks and the Change itself; the Change alone where that cannot be had, or is too much. */
  async function withGap(after: number, change: Change): Promise<Change> {
    try {
      const whole = await read(change.room, after, CATCH_UP_MAX)
      return whole.reset ? change : whole
    } catch (error) {
      onFault(error)
      return change
    }
  }

  function followFrom(room: string, cursor: number): Follower {
    const follower = createFollower({ read: withGap, tell: publish, onFault })
    follower.begin(cursor)
    followers.set(room, follower)
    return follower
  }

  bus.subscribe((change) => {
    const follower = followers.get(change.room) ?? followFrom(change.room, change.from)
    follower.offer(change)
  })

  return {
    publish: bus.publish,
    subscribe,
    start: (rooms) => rooms.forEach(({ name, rev }) => followFrom(name, rev)),
  }
}
