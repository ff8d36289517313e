import type { Clock } from '../clock.ts'

/** How many results are kept; the oldest go first. */
const KEPT_MAX = 100

/** Shares what is made anew all the time: everybody who asks within `lifetime` milliseconds gets the same. */
export function createBriefCache<Made>(clock: Clock, lifetime: number) {
  const kept = new Map<string, { made: Promise<Made>; at: number }>()

  return function get(name: string, make: () => Promise<Made>): Promise<Made> {
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
  }
}
