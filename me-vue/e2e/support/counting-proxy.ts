import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { listen, passOn, passUpgrade } from './forward.ts'

type Counts = { requests: number; connections: number; up: number; down: number }

/** What the server writes into a quiet stream now and then; no page sees it (me-api/src/http/event-stream.ts). */
const COMMENT = Buffer.from(':\n\n')

/** Whose request of the lesson's page an address is. */
function laneOf(url: string): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  if (searchParams.has('lane')) return searchParams.get('lane')!
  if (pathname === '/api/chat/socket') return 'websocket'
  if (pathname === '/api/chat/rooms/~lesson/stream') return 'sse'
  if (pathname !== '/api/chat/rooms/~lesson/changes' || !searchParams.has('after')) return undefined
  return searchParams.has('wait') ? 'longPolling' : 'polling'
}

/** Counts the bytes of the text frames in one direction of a WebSocket, with their headers (RFC 6455 §5.2). */
function frameCounter(count: (bytes: number) => void) {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const short = rest.length < 2 ? 0 : rest[1]! & 0x7f
      const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
      const head = 2 + lengthBytes + (rest.length >= 2 && rest[1]! & 0x80 ? 4 : 0)
      if (rest.length < 2 || rest.length < head) return
      const length =
        lengthBytes === 0 ? short : lengthBytes === 2 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
      if (rest.length < head + length) return
      if ((rest[0]! & 0x0f) === 1) count(head + length)
      rest = rest.subarray(head + length)
    }
  }
}

/**
 * A proxy in front of a server that counts what each of the lesson's lanes takes. With `refusesUpgrades` no WebSocket gets
 * through.
 */
export async function countingProxy(serverUrl: string, { refusesUpgrades = false } = {}) {
  const counts: Record<string, Counts> = {}
  const countsOf = (lane: string) => (counts[lane] ??= { requests: 0, connections: 0, up: 0, down: 0 })
  const webSockets = new Set<Duplex>()
  /** The requests of lanes that are not answered whole. */
  const open = new Set<IncomingMessage>()

  const proxy = createServer((req, res) => {
    const lane = laneOf(req.url!)
    const count = lane && countsOf(lane)
    if (count) {
      open.add(req)
      count.requests += 1
      req.on('data', (chunk: Buffer) => (count.up += chunk.length))
    }
    passOn(req, res, serverUrl).on('response', (answer) => {
      if (count && lane === 'sse' && answer.statusCode === 200) count.connections += 1
      answer.on('data', (chunk: Buffer) => {
        if (count && !(lane === 'sse' && chunk.equals(COMMENT))) count.down += chunk.length
      })
    })
    res.on('close', () => open.delete(req))
  })

  proxy.on('upgrade', (req, socket, head) => {
    const lane = laneOf(req.url!)
    const count = lane && countsOf(lane)
    if (count) count.requests += 1
    socket.on('error', () => socket.destroy())
    if (refusesUpgrades) return void socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
    webSockets.add(socket)
    socket.on('close', () => webSockets.delete(socket))
    passUpgrade(req, socket, serverUrl, (there, early) => {
      there.on('close', () => socket.destroy())
      if (count) {
        count.connections += 1
        const down = frameCounter((bytes) => (count.down += bytes))
        const up = frameCounter((bytes) => (count.up += bytes))
        down(early)
        up(head)
        there.on('data', down)
        socket.on('data', up)
      }
      socket.write(early)
      there.write(head)
      there.pipe(socket).pipe(there)
    })
  })
  const { url, close } = await listen(proxy)

  return {
    url,
    counts: () => structuredClone(counts),
    /** How many requests of lanes, and WebSockets, are open now. */
    open: () => open.size + webSockets.size,
    close(): void {
      webSockets.forEach((socket) => socket.destroy())
      close()
    },
  }
}
