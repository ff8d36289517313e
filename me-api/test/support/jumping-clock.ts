import type { Clock } from '../../src/clock.ts'
import { closeAfterTest } from './start-app.ts'

/** Time that passes as usual, and that a test moves on or, for the system's time alone, sets back. */
export function jumpingClock() {
  let [ahead, wasSetBack] = [0, 0]
  let tasks: { at: number; task: () => void }[] = []
  const monotonic = () => performance.now() + ahead

  function run(): void {
    const due = tasks.filter(({ at }) => at <= monotonic())
    tasks = tasks.filter((one) => !due.includes(one))
    for (const { task } of due) task()
  }
  const timer = setInterval(run, 10)
  closeAfterTest(async () => clearInterval(timer))

  return {
    now: () => Date.now() + ahead - wasSetBack,
    monotonic,
    after(ms: number, task: () => void) {
      const entry = { at: monotonic() + ms, task }
      tasks.push(entry)
      return () => {
        tasks = tasks.filter((one) => one !== entry)
      }
    },
    /** Lets time pass at once. */
    jump: (ms: number) => void (ahead += ms),
    setBack: (ms: number) => void (wasSetBack += ms),
  } satisfies Clock & { jump(ms: number): void; setBack(ms: number): void }
}
