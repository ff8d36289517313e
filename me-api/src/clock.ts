import { startTimer } from './contract/timer.ts'

/** Time as a dependency that is passed in, so that tests can control it. */
export type Clock = {
  /** Milliseconds since 1970 by the system's time, which may be set back. For times that are stored or shown. */
  now(): number
  /** Milliseconds since any moment, never set back. For waits and deadlines. */
  monotonic(): number
  /**
   * Runs `task` once after `ms` milliseconds, without keeping the process alive. A task that takes time returns its
   * promise, so that a stop waits for it. The returned function cancels it.
   */
  after(ms: number, task: () => unknown): () => void
}

/** A clock that can be stopped. */
export type TaskClock = Clock & {
  /** Begins no further task, and resolves once those that have begun are done. */
  stop(): Promise<void>
}

/**
 * Wraps a clock so that its tasks neither end the process, as `onFault` receives what they throw or reject with, nor
 * outlive what they work with.
 */
export function guardTasks(clock: Clock, onFault: (error: unknown) => void): TaskClock {
  const underWay = new Set<Promise<void>>()
  let hasStopped = false

  async function run(task: () => unknown): Promise<void> {
    try {
      await task()
    } catch (error) {
      onFault(error)
    }
  }

  function begin(task: () => unknown): void {
    if (hasStopped) return
    const running = run(task)
    underWay.add(running)
    void running.then(() => underWay.delete(running))
  }

  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, task) => clock.after(ms, () => begin(task)),
    async stop() {
      hasStopped = true
      await Promise.all(underWay)
    },
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
