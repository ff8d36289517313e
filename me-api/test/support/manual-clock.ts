import type { Clock } from '../../src/clock.ts'

const HOUR = 3_600_000

/** Time that only a test moves; `setBack` moves the system's time without letting any pass. */
export function manualClock(start = Date.parse('2026-03-03T08:00:00Z')) {
  let now = start
  let wasSetBack = 0
  const tasks = new Set<{ at: number; task: () => void }>()
  /** The one that is due first of those due by `end`. */
  function firstDueBy(end: number) {
    let first
    for (const one of tasks) if (one.at <= end && (!first || one.at < first.at)) first = one
    return first
  }
  return {
    now: () => now - wasSetBack,
    monotonic: () => now - start,
    after(ms: number, task: () => void) {
      const entry = { at: now + ms, task }
      tasks.add(entry)
      return () => void tasks.delete(entry)
    },
    /**
     * Moves time on, doing what falls due on the way. Of more than an hour all but the last passes as on a machine that
     * sleeps, which does late and once what fell due: a month has millions of ticks.
     */
    advance(ms: number) {
      const end = now + ms
      now = Math.max(now, end - HOUR)
      for (let due = firstDueBy(end); due; due = firstDueBy(end)) {
        tasks.delete(due)
        now = Math.max(now, due.at)
        due.task()
      }
      now = end
    },
    setBack(ms: number) {
      wasSetBack += ms
    },
  } satisfies Clock & { advance(ms: number): void; setBack(ms: number): void }
}
