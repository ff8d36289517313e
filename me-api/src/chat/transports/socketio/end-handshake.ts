import type { Socket } from 'socket.io'
import type { InboundPackets } from './inbound-packets.ts'

/** Ends a handshake; `next` is that of the namespace's middleware, and `reason` what a plain WebSocket is told. */
type EndHandshake = (connection: Socket['conn'], reason: string, next: () => void) => void

/** Ends handshakes with the transport, because Socket.IO's client reconnects after that, and not after a refusal. */
export const createEndHandshake =
  (inbound: Pick<InboundPackets, 'close'>): EndHandshake =>
  (connection, reason, next) => {
    inbound.close(connection, reason)
    // Called after the close, `next` sends no refusal and only cleans up.
    if (connection.readyState === 'closed') next()
    else connection.once('close', () => next())
  }
