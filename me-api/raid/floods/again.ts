import { setTimeout as pause } from 'node:timers/promises'
import { createBudget } from './budget.ts'

/** Milliseconds before the next attempt, so that a flood of refusals does not measure only itself. */
const PAUSE = 5

type Options = {
  /** The number of concurrent loops. */
  abreast: number
  /** The most runs in total. */
  most: number
  /** Milliseconds between two runs of a loop. */
  every?: number
}

/** Runs a function repeatedly and concurrently; a failure does not stop it. */
export function again({ abreast, most, every = PAUSE }: Options, act: (n: number) => Promise<unknown>): void {
  const budget = createBudget(most)
  let count = 0
  const one = async (): Promise<void> => {
    while (budget.take() > 0) {
      await act(count++).catch(() => {})
      await pause(every)
    }
  }
  for (let n = 0; n < abreast; n += 1) void one()
}
