/** New connections admitted per event-loop turn. */
const ADMITTED_PER_TURN = 4

/**
 * Admits new connections a few per event-loop turn. Without it, five hundred clients that connect at once would delay
 * the next message of everybody already connected. `onFault` receives what an admission throws, which does not affect
 * the others.
 */
export function createAdmissionQueue(onFault: (error: unknown) => void): (admit: () => void) => void {
  const waiting: (() => void)[] = []

  function next(): void {
    for (const admit of waiting.splice(0, ADMITTED_PER_TURN)) {
      try {
        admit()
      } catch (error) {
        onFault(error)
      }
    }
    if (waiting.length > 0) setImmediate(next)
  }

  return (admit) => {
    if (waiting.push(admit) === 1) setImmediate(next)
  }
}
