import type { Clock } from '../../clock.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { GaplessBus } from '../log/gapless-bus.ts'

/** Milliseconds between two looks. */
const EVERY = 2_000
/**
 * Milliseconds between two looks at the rest where Redis answers: a word may get lost all the same, as where two nodes
 * have different servers of it after a fail-over, one of them ends too early, or is of another version.
 */
const REST_EVERY = 10_000

type Parts = {
  /** Returns how far the rooms are that may have changed. */
  look: () => Promise<{ name: string; rev: number }[]>
  bus: Pick<GaplessBus, 'reached' | 'reach'>
  interchange: Interchange
  clock: Clock
  /** Loads what only the other nodes' messages tell otherwise. */
  loadRest: () => Promise<void>
  onFault: (error: unknown) => void
}

/**
 * Looks at the rooms in the database again and again, and finds what other nodes have written there: whatever Redis
 * loses comes that much later. The only node of a chat has nothing to look for.
 */
export function watchRooms({ look: readRooms, bus, interchange, clock, loadRest, onFault }: Parts): void {
  if (!interchange.isShared) return
  let underWay: Promise<void> | null = null
  let restAt = clock.monotonic()

  /** A look that begins while another one is under way is made after it: the other may have read too early. */
  async function look(): Promise<void> {
    await underWay
    underWay ??= lookNow().finally(() => (underWay = null))
    await underWay
  }

  async function lookNow(): Promise<void> {
    try {
      const before = bus.reached()
      for (const room of await readRooms()) bus.reach(room, before.get(room.name))
      if (interchange.isUp() && clock.monotonic() - restAt < REST_EVERY) return
      restAt = clock.monotonic()
      await loadRest()
    } catch (error) {
      onFault(error)
    }
  }

  async function lookRegularly(): Promise<void> {
    await look()
    clock.after(EVERY, lookRegularly)
  }

  const lookSoon = () => void clock.after(0, look)
  interchange.on('rooms', lookSoon)
  interchange.onMeeting(lookSoon)
  clock.after(0, lookRegularly)
}
