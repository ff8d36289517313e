/** Time as a part that is passed in, so that tests can move it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `task` once after `ms` milliseconds, without keeping the process alive; the answer cancels it. */
  after(ms: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
