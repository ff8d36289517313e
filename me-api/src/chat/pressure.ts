import type { Clock } from '../clock.ts'

/** Somebody asked for a new identity: when, and from what address where it can be believed. */
export type Attempt = { at: number; from: string | null }

/** Milliseconds that are looked back on. */
const WINDOW = 60_000
/** New identities in the window that a house full of guests may need; more are a raid. */
const USUAL = 30
/** Nor do guests come through the door at once, as a raid does: so many within so many milliseconds. */
const AT_ONCE = { count: 12, within: 2_000 }
/** What one address adds at most: alone it is no raid, and `LIMIT_JOINS` is there for it. */
const OF_ONE_ADDRESS = 5
/** With 16 times the threshold it is hard enough; and no more needs to be remembered. */
const LEVEL_MAX = 5
const REMEMBERED_MAX = USUAL * 2 ** (LEVEL_MAX - 1)

/**
 * How hard newcomers press: 0 not at all, 1 from 30 new identities a minute on, or 12 at once, and one more for each
 * doubling of the 30.
 */
export function levelOf(attempts: readonly Attempt[], now: number): number {
  const within = (time: number) => attempts.filter(({ at }) => at > now - time).length
  const recent = within(WINDOW)
  if (recent < USUAL) return within(AT_ONCE.within) < AT_ONCE.count ? 0 : 1
  return Math.min(LEVEL_MAX, 1 + Math.floor(Math.log2(recent / USUAL)))
}

/** Follows how many new identities are asked for, over all addresses, also those refused: a raid that is held lasts. */
export function createPressure({ clock }: { clock: Clock }) {
  let attempts: Attempt[] = []

  return {
    level: (): number => levelOf(attempts, clock.now()),

    noticed(from: string | null): void {
      const now = clock.now()
      attempts = attempts.filter(({ at }) => at > now - WINDOW)
      if (from !== null && attempts.filter((one) => one.from === from).length >= OF_ONE_ADDRESS) return
      attempts.push({ at: now, from })
      if (attempts.length > REMEMBERED_MAX) attempts.shift()
    },
  }
}

export type Pressure = ReturnType<typeof createPressure>
