import { setTimeout as pause } from 'node:timers/promises'
import { createBudget } from './budget.ts'

/** Milliseconds before the next attempt, so that a flood of refusals does not only measure itself. */
const BREATH = 5

type Options = {
  /** How many do it side by side. */
  abreast: number
  /** How often it is done in all, at most. */
  most: number
  /** Milliseconds between two of one. */
  every?: number
}

/** Does something again and again, many side by side; what fails is tried anew. */
export function again(
  { abreast, most, every = BREATH }: Options,
  act: (n: number) => Promise<unknown>,
): void {
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
