import type { Clock } from '../../../clock.ts'
import type { ChatNamespace, ChatSocket } from './socket-types.ts'

/** Bytes that may be queued for a reader: four times a catch-up, beyond which a catch-up is cheaper. */
const BACKLOG_MAX = 1024 * 1024
/** Milliseconds between two checks. */
const EVERY = 1_000

/**
 * Disconnects readers that do not drain their socket. Engine.IO's write buffer has no limit, so that one stalled
 * phone would make the server hold every later message; the reader resumes at its cursor instead.
 */
export function dropSlowConsumers(namespace: ChatNamespace, clock: Clock): void {
  clock.after(EVERY, () => {
    dropSlowConsumers(namespace, clock)
    for (const socket of namespace.sockets.values()) {
      if (backlogOf(socket) > BACKLOG_MAX) socket.conn.close(true)
    }
  })
}

/** Private members of Engine.IO's connection that its types omit. */
type Buffers = {
  writeBuffer: { data?: string | Buffer }[]
  transport: { socket?: { bufferedAmount?: number } }
}

/** Returns the bytes in Engine.IO's buffer and in the WebSocket's own. */
function backlogOf({ conn }: ChatSocket): number {
  const { writeBuffer, transport } = conn as unknown as Buffers
  let waiting = transport.socket?.bufferedAmount ?? 0
  for (const { data } of writeBuffer) waiting += data?.length ?? 0
  return waiting
}
