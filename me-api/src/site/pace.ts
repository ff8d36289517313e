import type { Clock } from '../clock.ts'

/** After a task nothing is done for so many times as long as it took. */
const REST = 3
/** The longest rest, in milliseconds: a task may only have waited for the database. */
const REST_MAX = 300
/** How many tasks wait at most. */
const WAITING_MAX = 10

/**
 * Does tasks one after the other with a rest in between, so that they take a quarter of the server's time at most,
 * however many are asked for. A task that would have to wait behind many others is not done: undefined.
 */
export function createPace(clock: Clock) {
  let free: Promise<void> = Promise.resolve()
  let waiting = 0

  return async function paced<Result>(task: () => Promise<Result>): Promise<Result | undefined> {
    if (waiting === WAITING_MAX) return undefined
    waiting++
    const mine = free
    const { promise, resolve } = Promise.withResolvers<void>()
    free = promise
    await mine
    const began = clock.monotonic()
    try {
      return await task()
    } finally {
      waiting--
      const rest = Math.min(REST * (clock.monotonic() - began), REST_MAX)
      if (rest > 0) clock.after(rest, resolve)
      else resolve()
    }
  }
}
