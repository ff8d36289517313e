/** Of a crowd, those dealt with before whoever is in already is heard again. */
const FEW = 4

/**
 * Deals with a crowd a few at a time, and with whatever else has happened in between. Without it five hundred who come in
 * the same instant are all served before the next word of somebody who talks. `onFault` gets what one of them throws,
 * which keeps none of the others out.
 */
export function createAdmissionQueue(onFault: (error: unknown) => void): (go: () => void) => void {
  const waiting: (() => void)[] = []

  function next(): void {
    for (const go of waiting.splice(0, FEW)) {
      try {
        go()
      } catch (error) {
        onFault(error)
      }
    }
    if (waiting.length > 0) setImmediate(next)
  }

  return (go) => {
    if (waiting.push(go) === 1) setImmediate(next)
  }
}
