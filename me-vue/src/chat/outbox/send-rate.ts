import type { Clock } from '../../platform/clock.ts'

/** How much the server accepts from one person, as in `welcome`; null: no limit. */
export type Limit = { count: number; seconds: number } | null

/** Under way at once where the server names no limit. */
const UNDER_WAY = 20
/** Milliseconds on top: the server counts from when the first arrived there. */
const SLACK = 250

/** How much may go out now, so that the server has nothing to refuse. */
export function createSendRate(limit: () => Limit, clock: Pick<Clock, 'now'>) {
  /** When each of the last went out. */
  let went: number[] = []

  /** The last of them that still count. What went out after now did so before the clock was set back. */
  function within({ seconds }: { seconds: number }): number[] {
    const until = clock.now()
    const since = until - seconds * 1_000 - SLACK
    went = went.filter((at) => since < at && at <= until)
    return went
  }

  function left(underWay: number): number {
    const now = limit()
    if (!now) return UNDER_WAY - underWay
    return now.count - within(now).length
  }

  /** Milliseconds until the next one may be sent. */
  function wait(): number {
    const now = limit()
    const first = now && within(now).at(-now.count)
    return first ? Math.max(0, first + now.seconds * 1_000 + SLACK - clock.now()) : 0
  }

  return { left, wait, took: () => void went.push(clock.now()) }
}
