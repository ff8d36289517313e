/** Time as a part, so that tests can turn it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number
  /** Calls once after so many milliseconds; returns how to call it off. */
  after: (milliseconds: number, call: () => void) => () => void
}

/** The longest time of a browser's timer, in milliseconds: 24.8 days. A longer one would fire at once. */
const TIMER_MAX = 2 ** 31 - 1

export const browserClock: Clock = {
  now: Date.now,
  after(milliseconds, call) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (left: number): void => {
      const step = Math.min(left, TIMER_MAX)
      timer = setTimeout(() => (left > step ? wait(left - step) : call()), step)
    }
    wait(milliseconds)
    return () => clearTimeout(timer)
  },
}
