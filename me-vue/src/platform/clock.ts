/** Time as a part, so that tests can turn it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number
  /** Calls once after so many milliseconds; returns how to call it off. */
  after: (milliseconds: number, call: () => void) => () => void
}

export const browserClock: Clock = {
  now: Date.now,
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
}
