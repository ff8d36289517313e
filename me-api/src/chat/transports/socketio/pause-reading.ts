import type { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'

/** Engine.IO's connection with members that its types omit; a plain WebSocket connection has the same shape. */
export type Connection = EventEmitter & {
  readyState: string
  transport: { socket?: WebSocket }
  write(packet: string): void
  close(isLost?: boolean, reason?: string): void
  onClose?: (reason: string, description?: unknown) => void
  pingTimeoutTimer?: NodeJS.Timeout | null
  resetPingTimeout?: () => void
}

/**
 * Pauses and resumes reading from one connection, whatever its transport: the server stops reading a WebSocket's TCP
 * socket, and holds the next body of a polling client. The connection does not time out meanwhile.
 */
export function createReading(connection: Connection) {
  let isPaused = false
  let heldBody: (() => void) | null = null

  /** Restarts a ping timeout that expires during a pause, because the pong is still unread. */
  function suspendPingTimeout(): void {
    const onClose = connection.onClose
    if (!onClose || Object.hasOwn(connection, 'onClose')) return
    connection.onClose = (reason, description) => {
      if (isPaused && reason === 'ping timeout') connection.resetPingTimeout?.()
      else onClose.call(connection, reason, description)
    }
  }

  function releaseBody(): void {
    const body = heldBody
    heldBody = null
    body?.()
  }

  return {
    pause(): void {
      if (!isPaused) suspendPingTimeout()
      isPaused = true
      connection.transport.socket?.pause()
    },

    resume(): void {
      if (!isPaused) return
      isPaused = false
      connection.transport.socket?.resume()
      // Engine.IO has a timer only while it awaits a pong.
      if (connection.pingTimeoutTimer !== null) connection.resetPingTimeout?.()
      releaseBody()
    },

    /** Calls `next` for a polling client's body, now or when reading resumes. A second body meanwhile is an error. */
    takeBody(next: (error?: Error) => void): void {
      if (!isPaused) next()
      else if (heldBody) next(new Error('one body at a time'))
      else heldBody = next
    },

    /** Releases a held body, so that its request ends. */
    releaseBody,
  }
}

export type Reading = ReturnType<typeof createReading>
