/** Connections served per event-loop turn. Serving one may take milliseconds, and sockets are read between turns. */
const SERVED_PER_TURN = 4

/**
 * Serves clients round-robin: one item of each, a few per event-loop turn, so that nobody waits for a thousand items
 * of another. `serve` returns whether the client has more items.
 */
export function createRoundRobin<Client>(serve: (client: Client) => boolean) {
  const queue = new Set<Client>()
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
    for (const client of queue) {
      if (served++ === SERVED_PER_TURN) break
      queue.delete(client)
      if (serve(client)) queue.add(client)
    }
    if (queue.size > 0) arm()
  }

  return {
    /** Counts an item served immediately, ahead of the queue; returns whether this turn has room for it. */
    mayServeAtOnce(): boolean {
      arm()
      return ++servedAtOnce <= SERVED_PER_TURN
    },

    /** Returns the number of this event-loop turn: while it stays the same, no socket has been read. */
    turn(): number {
      arm()
      return turn
    },

    /** Queues a client. */
    add(client: Client): void {
      queue.add(client)
      arm()
    },

    remove: (client: Client): void => void queue.delete(client),
  }
}
