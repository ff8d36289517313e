import type { Clock } from '../../../clock.ts'
import type { ChatNamespace, ChatSocket } from './socket-types.ts'

/** Bytes that may wait for a reader: four times what a catch-up holds, which is cheaper than more of it. */
const BACKLOG_MAX = 1024 * 1024
/** Milliseconds between two looks. */
const EVERY = 1_000

/**
 * Cuts off readers that do not drain their socket. Engine.IO's write buffer has no bound of its own, so that one
 * stalled phone would have the server hold all that is said meanwhile; it resumes by its cursor instead.
 */
export function dropSlowConsumers(namespace: ChatNamespace, clock: Clock): void {
  clock.after(EVERY, () => {
    dropSlowConsumers(namespace, clock)
    for (const socket of namespace.sockets.values()) {
      if (backlogOf(socket) > BACKLOG_MAX) socket.conn.close(true)
    }
  })
}

/** Parts of Engine.IO's connection that its types keep to themselves. */
type Buffers = {
  writeBuffer: { data?: string | Buffer }[]
  transport: { socket?: { bufferedAmount?: number } }
}

/** What waits in Engine.IO's buffer, and in the WebSocket's own. */
function backlogOf({ conn }: ChatSocket): number {
  const { writeBuffer, transport } = conn as unknown as Buffers
  let waiting = transport.socket?.bufferedAmount ?? 0
  for (const { data } of writeBuffer) waiting += data?.length ?? 0
  return waiting
}
