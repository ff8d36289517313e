import { startTimer } from './contract/timer.ts'

/** Time as a dependency that is passed in, so that tests can control it. */
export type Clock = {
  /** Milliseconds since 1970 by the system's time, which may be set back. For times that are stored or shown. */
  now(): number
  /** Milliseconds since any moment, never set back. For waits and deadlines. */
  monotonic(): number
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
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, task) => clock.after(ms, () => void run(task)),
  }
}

/** Waits for work, but at most `ms` milliseconds. Returns whether it is done; throws what the work throws until then. */
export function doneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms)
    work.then(() => resolve(true), reject).finally(() => clearTimeout(timer))
  })
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.round(performance.now()),
  after: (ms, task) => startTimer(ms, task, (timer) => timer.unref()),
}
