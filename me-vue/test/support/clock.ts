import type { Clock } from '../../src/platform/clock.ts'

/** Time that passes only when told to; what falls due is called in its order. */
export function turnedClock(start = Date.UTC(2026, 2, 3, 12)) {
  let now = start
  let timers: { at: number; call: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    after(milliseconds, call) {
      const timer = { at: now + milliseconds, call }
      timers.push(timer)
      return () => void (timers = timers.filter((one) => one !== timer))
    },
  }
  async function pass(milliseconds: number): Promise<void> {
    const end = now + milliseconds
    for (;;) {
      const due = timers.filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (!due) break
      timers = timers.filter((timer) => timer !== due)
      now = Math.max(now, due.at)
      due.call()
      await settled()
    }
    now = end
    await settled()
  }
  return { clock, pass, waiting: () => timers.length }
}

/** Once every promise that could go on has gone on. */
export const settled = () => new Promise<void>((done) => setImmediate(done))
