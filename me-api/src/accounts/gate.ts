type Parts = {
  /** Tasks that run at once, and those that may wait for them. */
  atOnce: number
  waitingMax: number
  /** What is thrown where too many wait already. */
  busy: () => Error
}

/** Runs tasks a few at a time, in the order they come, and refuses those for which there is no room to wait. */
export function createGate({ atOnce, waitingMax, busy }: Parts) {
  const waiting: (() => void)[] = []
  let running = 0

  return async function run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (running < atOnce) running++
    else if (waiting.length < waitingMax) await new Promise<void>((resolve) => void waiting.push(resolve))
    else throw busy()
    try {
      return await task()
    } finally {
      // The place goes straight to the next in line, so that nobody who comes meanwhile takes it.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
