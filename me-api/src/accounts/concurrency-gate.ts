type Parts = {
  /** How many tasks run at once, and how many wait at most. */
  atOnce: number
  waitingMax: number
  /** Makes the error that is thrown where too many wait. */
  busy: () => Error
}

/** Limits how many tasks run at once. Others wait in a queue, in their order, which refuses tasks when it is full. */
export function createConcurrencyGate({ atOnce, waitingMax, busy }: Parts) {
  const waiting: (() => void)[] = []
  let running = 0

  return async function run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (running < atOnce) running++
    else if (waiting.length < waitingMax) await new Promise<void>((resolve) => void waiting.push(resolve))
    else throw busy()
    try {
      return await task()
    } finally {
      // The place goes directly to the first that waits, so that no later task takes it.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
