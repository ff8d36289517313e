import { CATCH_UP_MAX, type Change, HISTORY_LIMIT } from '../../contract/index.ts'
import { type Bus, createLocalBus, upTo } from './bus.ts'
import { type Follower, createFollower } from './follow.ts'

export type GaplessBus = Bus & {
  start: (rooms: Reached[]) => void
  /** How far each room has been delivered. */
  reached: () => Map<string, number>
  /**
   * A room's log is stored up to this `rev`: what the bus has not delivered of it is read and delivered. Where `before`,
   * how far the room was delivered before the `rev` was read, is above it, all readers start over.
   */
  reach: (room: Reached, before?: number) => void
}
type Reached = { name: string; rev: number }

type Parts = {
  bus: Bus
  read: (room: string, after: number | null, limit: number) => Promise<Change>
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
   * frame; null if less is stored than it follows, which is stored before anybody hears of it.
   */
  async function withGap(after: number, change: Change): Promise<Change | null> {
    try {
      const whole = await read(change.room, after, CATCH_UP_MAX)
      if (whole.to < change.from && !whole.more) return null
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

  /** Begins a room anew of which more was delivered than is stored: a node was wrong, or the database has lost it. */
  async function startOver({ name, rev }: Reached, before: number): Promise<void> {
    onFault(
      new Error(`Readers have ${name} up to ${before}, but the database only up to ${rev}: they start over.`),
    )
    try {
      const page = await read(name, null, HISTORY_LIMIT)
      followers.get(name)?.end()
      followFrom(name, page.to)
      publish(page)
    } catch (error) {
      onFault(error)
    }
  }

  bus.subscribe((change) => {
    const follower = followers.get(change.room) ?? followFrom(change.room, change.from)
    follower.offer(change)
  })

  return {
    publish: bus.publish,
    subscribe,
    start: (rooms) => rooms.forEach(({ name, rev }) => followFrom(name, rev)),
    reached: () => new Map([...followers].map(([name, follower]) => [name, follower.cursor()])),
    reach({ name, rev }, before = 0) {
      if (before > rev) return void startOver({ name, rev }, before)
      const follower = followers.get(name) ?? followFrom(name, 0)
      follower.offer(upTo(name, rev))
    },
  }
}
