type Parts = {
  /** The most tasks that run at once, and that wait. */
  atOnce: number
  waitingMax: number
  /** Creates the error that is thrown if the queue is full. */
  busy: () => Error
}

/** Limits how many tasks run at once. Others wait in a queue, in order; a full queue refuses tasks. */
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
      // A finished task passes its slot directly to the first waiting one, so that no later task takes it.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
