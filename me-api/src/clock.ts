/** Time as a dependency that is passed in, so that tests can control it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `task` once after `ms` milliseconds, without keeping the process alive. The returned function cancels it. */
  after(ms: number, task: () => void): () => void
}

/** Wraps a clock so that its tasks cannot end the process: `onFault` receives what they throw or reject with. */
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
