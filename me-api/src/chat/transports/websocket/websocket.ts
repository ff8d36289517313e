import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Clock } from '../../../clock.ts'
import { BODY_MAX, Handshake } from '../../../contract/index.ts'
import { Refusal } from '../../../errors.ts'
import type { Origins } from '../../../http/origins.ts'
import { type Route, route } from '../../../http/route.ts'
import type { Upgrades } from '../../../http/upgrades.ts'
import type { ChatServer } from '../socketio/socket-types.ts'
import { ChatWebSocketServer } from '../socketio/websocket-server.ts'
import { type PlainConnection, closeCodeOf, createPlainConnection } from './engineio-adapter.ts'

/**
 * Milliseconds between two pings, and after which a client that does not answer is disconnected (docs/contract.md
 * §5).
 */
const PING_EVERY = 10_000
const PONG_WITHIN = 8_000

type Parts = { upgrades: Upgrades; io: ChatServer; origins: Origins; clock: Clock }

/** The chat for clients without Socket.IO: `GET /api/chat/socket`, JSON in text frames (docs/contract.md §6). */
export function servePlainWebSockets({ upgrades, io, origins, clock }: Parts) {
  const plain = new ChatWebSocketServer({ noServer: true, maxPayload: BODY_MAX, perMessageDeflate: false })

  upgrades.serve({
    path: /^\/api\/chat\/socket\/?$/,
    take: (req, socket, head) => plain.handleUpgrade(req, socket, head, (ws) => open(ws, req)),
  })

  /** The same middleware admits all connections; until then the server reads nothing from this one. */
  function open(ws: WebSocket, req: IncomingMessage): void {
    // A broken frame or a lost network emits `error` from the first byte on; `ws` closes the connection itself.
    ws.on('error', () => {})
    if (!origins.allows(req)) return ws.close(closeCodeOf('FORBIDDEN'), 'FORBIDDEN')
    ws.pause()
    const connection = createPlainConnection(ws, req)
    keepAlive(ws, connection)
    io.engine.emit('connection', connection)
    const { searchParams } = new URL(req.url ?? '', 'http://localhost')
    const handshake = { ...Object.fromEntries(searchParams), reader: searchParams.get('reader') === 'true' }
    connection.emit('packet', { type: 'message', data: `0/chat,${JSON.stringify(handshake)}` })
  }

  function keepAlive(ws: WebSocket, connection: PlainConnection): void {
    let isAsked = false
    let stop = clock.after(PING_EVERY, ask)
    function ask(): void {
      ws.ping()
      isAsked = true
      awaitPong()
    }
    /** Restarts the timeout while the socket is paused, because the pong is not read then. */
    function awaitPong(): void {
      stop()
      stop = clock.after(PONG_WITHIN, () => (ws.isPaused ? awaitPong() : ws.terminate()))
    }
    connection.resetPingTimeout = () => {
      if (isAsked) awaitPong()
    }
    ws.on('pong', () => {
      if (!isAsked) return
      isAsked = false
      stop()
      stop = clock.after(PING_EVERY, ask)
    })
    ws.on('close', () => stop())
  }

  return {
    /** Answers requests without an upgrade. */
    routes: [
      route({
        method: 'get',
        path: '/chat/socket',
        who: 'anybody',
        summary:
          'Open the chat as a plain WebSocket, with the events of Socket.IO; each text frame is one JSON object',
        query: Handshake.partial(),
        status: 101,
        handle({ res }): never {
          res.set('Upgrade', 'websocket')
          throw new Refusal('INVALID', 'Open a WebSocket here.')
        },
      }),
    ] satisfies Route[],
  }
}
