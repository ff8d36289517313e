import type { Clock } from '../clock.ts'

/** How many results are kept at once; the oldest go first. A document of the longest messages takes 2 MB. */
const KEPT_MAX = 20

/**
 * Shares what is made anew all the time: everybody who asks within `lifetime` milliseconds gets the same. What could not
 * be made, undefined or a failure, is not kept.
 */
export function createBriefCache<Made>(clock: Clock, lifetime: number) {
  const kept = new Map<string, { made: Promise<Made>; at: number }>()

  return {
    get(name: string, make: () => Promise<Made>): Promise<Made> {
      const now = clock.monotonic()
      const last = kept.get(name)
      if (last && now - last.at < lifetime) return last.made
      kept.delete(name)
      for (const [oldest, { at }] of kept)
        if (kept.size >= KEPT_MAX || now - at >= lifetime) kept.delete(oldest)
      const made = make()
      kept.set(name, { made, at: now })
      const forget = () => kept.get(name)?.made === made && kept.delete(name)
      made.then((result) => result === undefined && forget(), forget)
      return made
    },

    /** Returns the milliseconds until nobody gets what has been made of these names so far. */
    outdatedIn(names: string[]): number {
      const made = names.flatMap((name) => kept.get(name)?.at ?? [])
      return Math.max(0, ...made.map((at) => at + lifetime - clock.monotonic()))
    },
  }
}
