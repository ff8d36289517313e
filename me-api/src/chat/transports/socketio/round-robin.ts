/** Connections served in one turn of the event loop: what they ask for may take milliseconds, and sockets are read in between. */
const SERVED_PER_TURN = 4

/**
 * Serves those who have something waiting in turns: one thing each, a few of them in each turn of the event loop, so
 * that nobody waits until somebody else's thousand things are done. `serve` tells whether there is more to do.
 */
export function createRoundRobin<Who>(serve: (who: Who) => boolean) {
  const queue = new Set<Who>()
  let turn = 0
  let servedAtOnce = 0
  let isArmed = false

  function arm(): void {
    if (isArmed) return
    isArmed = true
    setImmediate(takeTurn)
  }

  function takeTurn(): void {
    isArmed = false
    servedAtOnce = 0
    turn++
    let served = 0
    for (const who of queue) {
      if (served++ === SERVED_PER_TURN) break
      queue.delete(who)
      if (serve(who)) queue.add(who)
    }
    if (queue.size > 0) arm()
  }

  return {
    /** Whether one more may be served at once in this turn, ahead of the queue; it is counted. */
    mayServeAtOnce(): boolean {
      arm()
      return ++servedAtOnce <= SERVED_PER_TURN
    },

    /** The number of this turn of the event loop: the same number means that no socket was read since. */
    turn(): number {
      arm()
      return turn
    },

    /** Serves them in their turn. */
    add(who: Who): void {
      queue.add(who)
      arm()
    },

    remove: (who: Who): void => void queue.delete(who),
  }
}
