import { setTimeout as pause } from 'node:timers/promises'
import type { ChatNamespace } from './socket-types.ts'

/** Seconds until the first readers may come back: about what a restart takes. */
const BACK_AFTER = 1
/** Readers that a starting server takes in each second without strain. */
const BACK_PER_SECOND = 1_000
/** Seconds over which coming back is spread at most. */
const SPREAD_MAX = 8
/** Milliseconds in which all connections are closed, and the steps in which that is done. */
const CLOSING = 2_000
const STEPS = 20

/**
 * Tells every reader that the server restarts and when to come back: a different number for each, so that all do not
 * come at once.
 */
export function announceRestart(namespace: ChatNamespace): void {
  const sockets = [...namespace.sockets.values()]
  const spread = Math.min(SPREAD_MAX, Math.max(1, sockets.length / BACK_PER_SECOND))
  sockets.forEach((socket, index) => {
    const retryAfter =
      Math.round((BACK_AFTER + (spread * (index + Math.random())) / sockets.length) * 1_000) / 1_000
    socket.emit('notice', {
      code: 'RESTARTING',
      message: 'The site restarts and is back in a moment.',
      retryAfter,
    })
  })
}

/** Closes all connections, a few at a time where there are many. */
export async function closeInSteps(namespace: ChatNamespace): Promise<void> {
  const sockets = [...namespace.sockets.values()]
  const atOnce = Math.max(100, Math.ceil(sockets.length / STEPS))
  for (let start = 0; start < sockets.length; start += atOnce) {
    if (start > 0) await pause(CLOSING / STEPS)
    for (const socket of sockets.slice(start, start + atOnce)) socket.disconnect(true)
  }
}
