import type { IncomingMessage } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Change } from '../contract/index.ts'
import type { ChatNamespace, ChatServer, ChatSocket } from './chat.sockets.ts'

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
  const packet = `42${namespace.name},${JSON.stringify(['room:changed', change])}`
  const frame = textFrame(packet)
  for (const id of namespace.adapter.rooms.get(room) ?? []) {
    const socket = namespace.sockets.get(id)
    const wire = socket && freeWire(socket)
    if (wire) wire.write(frame)
    else socket?.emit('room:changed', change)
  }
}

const WEBSOCKET_OPEN = 1

/** The TCP socket of a WebSocket before which nothing waits in Engine.IO, so that the order of frames is kept. */
function freeWire({ conn }: ChatSocket): NetSocket | undefined {
  const { readyState, writeBuffer, transport } = conn as unknown as Connection
  const isFree =
    transport.name === 'websocket' && transport.writable && writeBuffer.length === 0 && readyState === 'open'
  return isFree && transport.socket?.readyState === WEBSOCKET_OPEN ? transport.socket._socket : undefined
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
