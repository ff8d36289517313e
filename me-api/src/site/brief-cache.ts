import type { Clock } from '../clock.ts'

/** How many results are kept; the oldest go first. */
const KEPT_MAX = 100

/** Shares what is made anew all the time: everybody who asks within `lifetime` milliseconds gets the same. */
export function createBriefCache<Made>(clock: Clock, lifetime: number) {
  const kept = new Map<string, { made: Promise<Made>; at: number }>()

  return {
    get(name: string, make: () => Promise<Made>): Promise<Made> {
      const now = clock.monotonic()
      const last = kept.get(name)
      if (last && now - last.at < lifetime) return last.made
      const made = make()
      kept.delete(name)
      kept.set(name, { made, at: now })
      made.catch(() => kept.delete(name))
      const [oldest] = kept.keys()
      if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
      return made
    },

    /** Returns the milliseconds until nobody gets what has been made of these names so far. */
    outdatedIn(names: string[]): number {
      const made = names.flatMap((name) => kept.get(name)?.at ?? [])
      return Math.max(0, ...made.map((at) => at + lifetime - clock.monotonic()))
    },
  }
}
