import type { IncomingMessage } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Change } from '../../../contract/index.ts'
import type { ChatNamespace, ChatServer, ChatSocket } from './socket-types.ts'
import { PLAIN, eventFrame } from '../websocket/engineio-adapter.ts'

/*
 * What Socket.IO and Engine.IO do for each connection and each frame, done once or let go of.
 * docs/benchmark.md tells what each gives.
 */

/** Parts of Engine.IO's connection, and of the `ws` socket in it, that their types keep to themselves. */
type Connection = {
  request: IncomingMessage
  readyState: string
  writeBuffer: unknown[]
  transport: { name: string; writable: boolean; socket?: { readyState: number; _socket?: NetSocket } }
}

/** The id of the connection that a request belongs to, as Engine.IO reads it; empty where it asks for a new one. */
export const sidOf = (req: IncomingMessage): string =>
  (req as { _query?: { sid?: string } })._query?.sid ?? ''

/**
 * Engine.IO keeps the request of every connection for as long as it lives: its streams, raw headers and listeners.
 * What a handshake asks of it is kept, and the rest let go.
 */
export function slimRequests(io: ChatServer): void {
  io.engine.on('connection', (connection: Connection) => {
    const { headers, socket, url } = connection.request
    connection.request = { headers, socket, connection: socket, url } as IncomingMessage
  })
}

/**
 * Sends a Change to the readers of a room as one finished WebSocket frame, which is one write a reader. Socket.IO's
 * own broadcast encodes once too, but takes each reader through two packets' worth of objects and events, and writes
 * header and text apart. It goes on serving whoever is not to be written to directly.
 */
export function sendChange(namespace: ChatNamespace, room: string, change: Change): void {
  const frames = framesOf(namespace, change)
  for (const id of namespace.adapter.rooms.get(room) ?? []) {
    const socket = namespace.sockets.get(id)
    const wire = socket && freeWire(socket)
    if (wire) wire.socket.write(frames[wire.kind])
    else socket?.emit('room:changed', change)
  }
}

type Kind = 'websocket' | typeof PLAIN

/** The frame of each kind of WebSocket, made when its first reader wants it. */
function framesOf({ name }: ChatNamespace, change: Change): Record<Kind, Buffer> {
  const json = JSON.stringify(change)
  let ofSocketIo: Buffer | undefined
  let ofPlain: Buffer | undefined
  return {
    get websocket() {
      return (ofSocketIo ??= textFrame(`42${name},["room:changed",${json}]`))
    },
    get [PLAIN]() {
      return (ofPlain ??= textFrame(eventFrame('room:changed', json)))
    },
  }
}

const WEBSOCKET_OPEN = 1

/** The TCP socket of a WebSocket before which nothing waits in Engine.IO, so that the order of frames is kept. */
function freeWire({ conn }: ChatSocket): { socket: NetSocket; kind: Kind } | undefined {
  const { readyState, writeBuffer, transport } = conn as unknown as Connection
  const { name: kind, writable, socket } = transport
  if (kind !== 'websocket' && kind !== PLAIN) return undefined
  const isFree = writable && writeBuffer.length === 0 && readyState === 'open'
  const isOpen = isFree && socket?.readyState === WEBSOCKET_OPEN
  return isOpen && socket._socket ? { socket: socket._socket, kind } : undefined
}

/** A whole text frame of a server: unmasked, uncompressed (RFC 6455 §5.2). */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x81
  frame[1] = header === 2 ? length : header === 4 ? 126 : 127
  if (header === 4) frame.writeUInt16BE(length, 2)
  if (header === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  frame.write(text, header)
  return frame
}
