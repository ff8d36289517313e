/** Runs tasks one after the other; a failed task does not stop the next. */
export function createSerialQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const mine = last.then(task, task)
    last = mine
    return mine
  }
}
