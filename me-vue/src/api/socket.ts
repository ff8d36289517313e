import type { ClientEvents, Handshake, ServerEvents } from 'me-api/contract'
import { Manager, type Socket } from 'socket.io-client'

export type ChatSocket = Socket<ServerEvents, ClientEvents>

/** Calls once when the connection that `connect` has just begun is closed, in whatever state it was. */
export function onceClosed(socket: ChatSocket, call: () => void): void {
  socket.io.engine.once('close', call)
}

/** What a connection can go over; Socket.IO would first poll and then change to WebSocket, one round trip later. */
export type Transport = 'websocket' | 'polling'

/** The next `connect` goes over this transport alone. */
export function goOver(socket: ChatSocket, transport: Transport): void {
  socket.io.opts.transports = [transport]
}

/**
 * The one socket, not yet connected. `auth` is asked at every attempt. Socket.IO's own reconnection is off:
 * it neither says when the next attempt is nor comes back after the server hung up; chat/client/connection.ts does.
 */
export function createSocket(auth: () => Handshake): ChatSocket {
  const manager = new Manager({ path: '/socket.io/', autoConnect: false, reconnection: false })
  return manager.socket('/chat', { auth: (answer: (handshake: Handshake) => void) => answer(auth()) })
}
