import { randomBytes } from 'node:crypto'
import { type Socket, connect } from 'node:net'

type Options = {
  url: string
  onOpen(): void
  /** The buffer is reused after the call. */
  onFrame(bytes: Buffer): void
  onClose(): void
}

/** One buffer for all connections of the process: each read is processed before the next. */
const readInto = Buffer.allocUnsafeSlow(256 * 1024)
const LONG = 126
const VERY_LONG = 127

/**
 * The client side of a WebSocket (RFC 6455 §5.2), for unfragmented text frames. It allocates nothing while it reads,
 * so that a thousand readers of a busy server fit on two cores beside it, which `ws` cannot do.
 */
export function openWire({ url, onOpen, onFrame, onClose }: Options) {
  const { hostname, port, pathname, search } = new URL(url)
  let isOpen = false
  let rest: Buffer | null = null

  const socket: Socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer: readInto,
      callback(length) {
        const chunk = readInto.subarray(0, length)
        const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
        const used = isOpen ? readFrames(bytes, 0) : readGreeting(bytes)
        rest = used < bytes.length ? Buffer.from(bytes.subarray(used)) : null
        return true
      },
    },
  })
  socket.on('connect', () =>
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        `User-Agent: bench\r\nAccept-Language: sv\r\nOrigin: http://${hostname}:${port}\r\n\r\n`,
    ),
  )
  socket.on('error', () => {})
  socket.on('close', onClose)

  function readGreeting(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return 0
    if (!bytes.subarray(0, end).includes(' 101 ')) {
      socket.destroy()
      return bytes.length
    }
    isOpen = true
    onOpen()
    return readFrames(bytes, end + 4)
  }

  /** Returns the position after the last complete frame. */
  function readFrames(bytes: Buffer, from: number): number {
    let at = from
    while (bytes.length - at >= 2) {
      let length = bytes[at + 1]!
      let header = 2
      if (length === LONG) header = 4
      else if (length === VERY_LONG) header = 10
      if (bytes.length - at < header) break
      if (length === LONG) length = bytes.readUInt16BE(at + 2)
      else if (length === VERY_LONG) length = bytes.readUIntBE(at + 4, 6)
      if (bytes.length - at < header + length) break
      const isText = (bytes[at]! & 0x0f) === 1
      if (isText) onFrame(bytes.subarray(at + header, at + header + length))
      at += header + length
    }
    return at
  }

  return {
    /** The mask is zero, which leaves the text unchanged. */
    send(text: string): void {
      if (!isOpen || socket.destroyed) return
      const payload = Buffer.from(text)
      const header =
        payload.length < LONG
          ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
          : Buffer.from([0x81, 0x80 | LONG, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0])
      socket.write(Buffer.concat([header, payload]))
    },
    close: () => void socket.destroy(),
  }
}

export type Wire = ReturnType<typeof openWire>
