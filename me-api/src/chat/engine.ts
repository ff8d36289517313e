import type { IncomingMessage } from 'node:http'
import type { ChatServer } from './chat.sockets.ts'

/**
 * Engine.IO keeps the request of every connection for as long as it lives: its streams, raw headers and listeners.
 * What a handshake asks of it is kept, and the rest let go. docs/benchmark.md tells what that gives.
 */
export function slimRequests(io: ChatServer): void {
  io.engine.on('connection', (connection: { request: IncomingMessage }) => {
    const { headers, socket, url } = connection.request
    connection.request = { headers, socket, connection: socket, url } as IncomingMessage
  })
}
