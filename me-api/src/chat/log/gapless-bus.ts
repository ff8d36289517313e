import { CATCH_UP_MAX, type Change } from '../../contract/index.ts'
import { type Bus, createLocalBus } from './bus.ts'
import { type Follower, createFollower } from './follow.ts'

export type GaplessBus = Bus & {
  start: (rooms: Reached[]) => void
  /** A room's log is stored up to this `rev`: what the bus has not delivered of it is read and delivered. */
  reach: (room: Reached) => void
}
type Reached = { name: string; rev: number }

type Parts = {
  bus: Bus
  read: (room: string, after: number, limit: number) => Promise<Change>
  onFault: (error: unknown) => void
}

/**
 * A bus whose Changes have no gaps in any room, even when another program, such as an import, writes to the database.
 * The first Change after such writes starts where the previous one ended and includes them, which saves each reader a
 * request for the missing part. If they exceed one frame, readers still request them.
 */
export function createGaplessBus({ bus, read, onFault }: Parts): GaplessBus {
  const { publish, subscribe } = createLocalBus(onFault)
  const followers = new Map<string, Follower>()

  /**
   * Returns the Change together with what it lacks, or the Change alone when the gap cannot be read or exceeds a
   * frame.
   */
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
    reach({ name, rev }) {
      const follower = followers.get(name) ?? followFrom(name, 0)
      follower.offer({ room: name, from: rev, to: rev, messages: [] })
    },
  }
}
