import { startTimer } from 'me-api/contract/timer'

/** Time as a dependency that is passed in, so that tests can control it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs `task` once after so many milliseconds. The returned function cancels it. */
  after: (milliseconds: number, task: () => void) => () => void
}

export const browserClock: Clock = { now: Date.now, after: startTimer }
