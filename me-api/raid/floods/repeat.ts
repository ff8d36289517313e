import { setTimeout as pause } from 'node:timers/promises'
import { createBudget } from './budget.ts'

/** Milliseconds before the next attempt, so that a flood of refusals does not measure only itself. */
const PAUSE = 5

type Options = {
  /** The number of concurrent loops. */
  concurrency: number
  /** The most runs in total. */
  limit: number
  /** Milliseconds between two runs of a loop. */
  every?: number
}

/** Runs a function repeatedly and concurrently; a failure does not stop it. */
export function repeat(
  { concurrency, limit, every = PAUSE }: Options,
  run: (n: number) => Promise<unknown>,
): void {
  const budget = createBudget(limit)
  let count = 0
  const loop = async (): Promise<void> => {
    while (budget.take() > 0) {
      await run(count++).catch(() => {})
      await pause(every)
    }
  }
  for (let n = 0; n < concurrency; n += 1) void loop()
}
