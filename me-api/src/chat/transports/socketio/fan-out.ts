import type { Socket as NetSocket } from 'node:net'
import type { Change } from '../../../contract/index.ts'
import { PLAIN, eventFrame } from '../websocket/engineio-adapter.ts'
import type { ChatNamespace, ChatSocket } from './socket-types.ts'

/** Private members of Engine.IO's connection, and of its `ws` socket, that their types omit. */
type Connection = {
  readyState: string
  writeBuffer: unknown[]
  transport: { name: string; writable: boolean; socket?: { readyState: number; _socket?: NetSocket } }
}

/**
 * Sends a Change to the readers of a room as one finished WebSocket frame, which is one write per reader. Socket.IO's
 * own broadcast encodes once too, but creates two packets' worth of objects and events per reader, and writes header
 * and text separately. Readers that cannot be written to directly still get Socket.IO's broadcast.
 * @throws what the last reader that failed threw, after all others have received the Change
 */
export function sendChange(namespace: ChatNamespace, room: string, change: Change): void {
  const frames = framesOf(namespace, change)
  let fault: unknown
  for (const id of namespace.adapter.rooms.get(room) ?? []) {
    try {
      const socket = namespace.sockets.get(id)
      const wire = socket && freeWire(socket)
      if (wire) wire.socket.write(frames[wire.kind])
      else socket?.emit('room:changed', change)
    } catch (error) {
      fault = error
    }
  }
  if (fault !== undefined) throw fault
}

type Kind = 'websocket' | typeof PLAIN

/** Returns the frame for each kind of WebSocket, encoded on first use. */
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

/** Returns the TCP socket of a WebSocket if Engine.IO has nothing queued for it, so that frames keep their order. */
function freeWire({ conn }: ChatSocket): { socket: NetSocket; kind: Kind } | undefined {
  const { readyState, writeBuffer, transport } = conn as unknown as Connection
  const { name: kind, writable, socket } = transport
  if (kind !== 'websocket' && kind !== PLAIN) return undefined
  const isFree = writable && writeBuffer.length === 0 && readyState === 'open'
  const isOpen = isFree && socket?.readyState === WEBSOCKET_OPEN
  return isOpen && socket._socket ? { socket: socket._socket, kind } : undefined
}

/** Encodes a server's text frame: unmasked, uncompressed (RFC 6455 §5.2). */
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
