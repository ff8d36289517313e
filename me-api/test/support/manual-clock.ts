import type { Clock } from '../../src/clock.ts'

/** Time that only a test moves; `setBack` moves the system's time without letting any pass. */
export function manualClock(start = Date.parse('2026-03-03T08:00:00Z')) {
  let now = start
  let wasSetBack = 0
  let tasks: { at: number; task: () => void }[] = []
  return {
    now: () => now - wasSetBack,
    monotonic: () => now - start,
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
    setBack(ms: number) {
      wasSetBack += ms
    },
  } satisfies Clock & { advance(ms: number): void; setBack(ms: number): void }
}
