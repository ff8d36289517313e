/** Runs tasks one after the other, whatever becomes of the one before. */
export function createSerialQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const mine = last.then(task, task)
    last = mine
    return mine
  }
}
