import type { Clock } from '../clock.ts'

/** After a task nothing is done for so many times as long as it took. */
const REST = 3
/** The longest rest, in milliseconds: a task may only have waited for the database. */
const REST_MAX = 300
/** How many tasks of one network, and of all together, wait at most. */
const OF_ONE_MAX = 10
const WAITING_MAX = 40

/**
 * Does tasks one after the other with a rest in between, so that they take a quarter of the server's time at most,
 * however many are asked for. Networks take turns, so that nobody waits behind all that somebody else asks for. A task
 * that would have to wait behind many others is not done: undefined.
 */
export function createPace(clock: Clock) {
  /** The waiting tasks of each network, in the order of their turns. */
  const waiting = new Map<string | null, (() => void)[]>()
  let count = 0
  let isBusy = false

  function next(): void {
    const [first] = waiting
    if (!first) {
      isBusy = false
      return
    }
    const [network, [begin, ...others]] = first
    waiting.delete(network)
    if (others.length > 0) waiting.set(network, others)
    count--
    begin?.()
  }

  /** `network` is that of the client who asks, null if unknown. */
  return async function paced<Result>(
    network: string | null,
    task: () => Promise<Result>,
  ): Promise<Result | undefined> {
    if (isBusy) {
      const ofNetwork = waiting.get(network) ?? []
      if (count === WAITING_MAX || ofNetwork.length === OF_ONE_MAX) return undefined
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(network, [...ofNetwork, resolve])
      count++
      await promise
    }
    isBusy = true
    const began = clock.monotonic()
    try {
      return await task()
    } finally {
      const rest = Math.min(REST * (clock.monotonic() - began), REST_MAX)
      if (rest > 0) clock.after(rest, next)
      else next()
    }
  }
}
