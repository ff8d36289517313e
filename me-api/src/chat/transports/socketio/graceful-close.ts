import { setTimeout as pause } from 'node:timers/promises'
import type { ChatNamespace } from './socket-types.ts'

/** Seconds until the first readers may reconnect: about the time a restart takes. */
const BACK_AFTER = 1
/** Readers that a starting server can admit per second. */
const BACK_PER_SECOND = 1_000
/** The longest time, in seconds, over which the reconnects are spread. */
const SPREAD_MAX = 8
/** Milliseconds over which all connections are closed, and the number of steps. */
const CLOSING = 2_000
const STEPS = 20

/**
 * Tells every reader that the server restarts and when to reconnect: a different time for each, so that not all
 * reconnect at once.
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

/**
 * Closes all transports, in steps if there are many. The namespace is not disconnected, because Socket.IO's client
 * does not reconnect after that.
 */
export async function closeInSteps(namespace: ChatNamespace): Promise<void> {
  const sockets = [...namespace.sockets.values()]
  const atOnce = Math.max(100, Math.ceil(sockets.length / STEPS))
  for (let start = 0; start < sockets.length; start += atOnce) {
    if (start > 0) await pause(CLOSING / STEPS)
    for (const socket of sockets.slice(start, start + atOnce)) socket.conn.close()
  }
}
