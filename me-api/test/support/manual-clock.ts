import type { Clock } from '../../src/clock.ts'

/** Time that only a test moves. */
export function manualClock(start = Date.parse('2026-03-03T08:00:00Z')) {
  let now = start
  let tasks: { at: number; task: () => void }[] = []
  return {
    now: () => now,
    after(ms: number, task: () => void) {
      const entry = { at: now + ms, task }
      tasks.push(entry)
      return () => {
        tasks = tasks.filter((one) => one !== entry)
      }
    },
    /** Moves time on, doing what falls due on the way. */
    advance(ms: number) {
      const end = now + ms
      for (;;) {
        const due = tasks.filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)[0]
        if (!due) break
        tasks = tasks.filter((one) => one !== due)
        now = Math.max(now, due.at)
        due.task()
      }
      now = end
    },
  } satisfies Clock & { advance(ms: number): void }
}
