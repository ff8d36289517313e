import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server as Engine } from 'engine.io'
import { Server } from 'socket.io'
import { BODY_MAX } from '../../../contract/index.ts'
import type { Origins } from '../../../http/origins.ts'
import type { SiteHost } from '../../../http/site-host.ts'
import type { Upgrades } from '../../../http/upgrades.ts'
import type { ChatServer } from './socket-types.ts'
import { ChatWebSocketServer } from './websocket-server.ts'
import { slimRequests } from './engine-connection.ts'
import { guardHandshakes } from './handshake-guard.ts'

const PATH = '/socket.io/'
/**
 * Milliseconds that a closing transport waits for a client that is between two polls; Engine.IO waits thirty seconds. A
 * client that comes later finds no connection, and reconnects as well.
 */
const POLL_CLOSE_TIMEOUT = 500

type Parts = {
  upgrades: Upgrades
  siteHost: SiteHost
  origins: Origins
  /** Whether the request's address may open one more connection. */
  mayOpen: (req: IncomingMessage) => boolean
  onFault: (error: unknown) => void
}

/**
 * Starts Socket.IO on an Engine.IO without an HTTP server of its own: the upgrade dispatcher passes it WebSockets,
 * and `poll` passes it polling requests.
 */
export function startEngine({ upgrades, siteHost, origins, mayOpen, onFault }: Parts) {
  const engine = new Engine({
    pingInterval: 10_000,
    pingTimeout: 8_000,
    maxHttpBufferSize: BODY_MAX,
    cors: { origin: origins.others, credentials: true },
    wsEngine: ChatWebSocketServer,
  })
  const io: ChatServer = new Server({ path: PATH, serveClient: false, connectTimeout: 10_000 })
  io.bind(engine)
  engine.on('connection', ({ transport }: { transport: { closeTimeout?: number } }) => {
    if (transport.closeTimeout !== undefined) transport.closeTimeout = POLL_CLOSE_TIMEOUT
  })
  guardHandshakes(io, { siteHost, origins, mayOpen, onFault })
  slimRequests(io)
  upgrades.serve({
    path: /^\/socket\.io\/$/,
    take: (req, socket, head) => engine.handleUpgrade(req, socket, head),
  })

  return {
    io,

    /** Serves a request of Engine.IO. Returns false for any other request. */
    poll(req: IncomingMessage, res: ServerResponse): boolean {
      if (!req.url?.startsWith(PATH)) return false
      try {
        engine.handleRequest(req as Parameters<typeof engine.handleRequest>[0], res)
      } catch (error) {
        onFault(error)
        res.destroy()
      }
      return true
    },
  }
}
