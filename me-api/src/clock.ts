/** Time as a part that is passed in, so that tests can move it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `task` once after `ms` milliseconds, without keeping the process alive; the answer cancels it. */
  after(ms: number, task: () => void): () => void
}

/** The clock, whose tasks cannot end the process: `onFault` gets what they throw or reject with. */
export function guardTasks(clock: Clock, onFault: (error: unknown) => void): Clock {
  async function run(task: () => unknown): Promise<void> {
    try {
      await task()
    } catch (error) {
      onFault(error)
    }
  }
  return { now: () => clock.now(), after: (ms, task) => clock.after(ms, () => void run(task)) }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
