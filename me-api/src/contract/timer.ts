/** The longest time of a timer in Node and in browsers, in milliseconds: 24.8 days. A longer one would fire at once. */
export const TIMER_MAX = 2 ** 31 - 1

type Timer = ReturnType<typeof setTimeout>

/**
 * Runs `task` once after `ms` milliseconds, however many. A time over `TIMER_MAX` takes several timers, one after the
 * other; `onTimer` gets each of them. The returned function cancels the task.
 */
export function startTimer(ms: number, task: () => void, onTimer = (_timer: Timer): void => {}): () => void {
  let timer: Timer
  const wait = (left: number): void => {
    const step = Math.min(left, TIMER_MAX)
    timer = setTimeout(() => (left > step ? wait(left - step) : task()), step)
    onTimer(timer)
  }
  wait(ms)
  return () => clearTimeout(timer)
}
