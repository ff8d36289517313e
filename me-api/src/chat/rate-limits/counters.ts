import { systemClock } from '../../clock.ts'
import type { Limit } from '../../config.ts'
import { type Share, unshared } from '../../nodes/tallies.ts'

/** The most keys of one limit, some 200 bytes each. */
const KEYS_MAX = 20_000

type Count = { points: number; until: number }
export type CounterOptions = {
  keysMax?: number
  /** Milliseconds since any moment, never set back. */
  now?: () => number
  /** Joins the counts of all nodes. */
  share?: Share
}

/**
 * Counts uses by key in fixed windows, in bounded memory: beyond `keysMax` keys the least recently used one is
 * evicted. To evict their own key, a client needs that many other keys within one window.
 */
export function createCounters({ count, seconds }: Limit, options: CounterOptions = {}) {
  const { keysMax = KEYS_MAX, now = systemClock.monotonic, share = unshared } = options
  /** In the order of use, the least recently used first. */
  const counts = new Map<string, Count>()

  const current = (key: string): Count | undefined => {
    const known = counts.get(key)
    return known && known.until > now() ? known : undefined
  }

  /**
   * Stores the count as the most recently used one, also after a refused use, and evicts expired and surplus counts.
   */
  function keep(key: string, used: Count): void {
    counts.delete(key)
    counts.set(key, used)
    for (const [oldest, { until }] of counts) {
      if (until > now() && counts.size <= keysMax) return
      counts.delete(oldest)
    }
  }

  const tell = share((key, points, isAnew) => {
    if (isAnew) counts.delete(key)
    if (points < 0) uncount(key, -points)
    else if (points > 0) {
      const used = current(key) ?? { points: 0, until: now() + seconds * 1_000 }
      used.points += points
      keep(key, used)
    }
  })

  function uncount(key: string, points: number): void {
    const used = current(key)
    if (!used) return
    used.points -= points
    if (used.points <= 0) counts.delete(key)
  }

  return {
    /** Counts a use. Returns 0, or the milliseconds until it is possible; then it is not counted. */
    take(key: string, points = 1): number {
      const used = current(key) ?? { points: 0, until: now() + seconds * 1_000 }
      const isFree = used.points + points <= count
      if (isFree) used.points += points
      keep(key, used)
      if (isFree) tell(key, points)
      return isFree ? 0 : used.until - now()
    },

    /** Uncounts a use. */
    giveBack(key: string, points = 1): void {
      uncount(key, points)
      tell(key, -points)
    },

    forget(key: string): void {
      counts.delete(key)
      tell(key, 0, true)
    },

    /** The number of keys counted now. */
    size: (): number => counts.size,
  }
}
