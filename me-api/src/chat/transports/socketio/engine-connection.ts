import type { IncomingMessage } from 'node:http'
import type { ChatServer } from './socket-types.ts'

/** Returns the connection id of a request, as Engine.IO reads it; empty for a new connection. */
export const sidOf = (req: IncomingMessage): string =>
  (req as { _query?: { sid?: string } })._query?.sid ?? ''

/**
 * Engine.IO keeps the request of every connection as long as the connection lives, with its streams, raw headers and
 * listeners. This keeps only what a handshake needs. docs/benchmark.md has the effect.
 */
export function slimRequests(io: ChatServer): void {
  io.engine.on('connection', (connection: { request: IncomingMessage }) => {
    const { headers, socket, url } = connection.request
    // One host at most: a request with two was refused.
    const rawHeaders = ['host', headers.host ?? '']
    connection.request = { headers, rawHeaders, socket, connection: socket, url } as IncomingMessage
  })
}
