import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server as Engine } from 'engine.io'
import { Server } from 'socket.io'
import { BODY_MAX } from '../../../contract/index.ts'
import type { Origins } from '../../../http/origins.ts'
import type { SiteHost } from '../../../http/site-host.ts'
import type { Upgrades } from '../../../http/upgrades.ts'
import type { ChatServer } from './socket-types.ts'
import { ChatWebSocketServer } from './websocket-server.ts'
import { slimRequests } from './fast-broadcast.ts'
import { guardHandshakes } from './handshake-guard.ts'

const PATH = '/socket.io/'

type Parts = {
  upgrades: Upgrades
  siteHost: SiteHost
  origins: Origins
  /** Whether the request's address may open one more connection. */
  mayOpen: (req: IncomingMessage) => boolean
  onFault: (error: unknown) => void
}

/**
 * Socket.IO on an Engine.IO that listens to no HTTP server: WebSockets come from the dispatcher of upgrades, and
 * polling requests through `poll`.
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
  guardHandshakes(io, { siteHost, origins, mayOpen, onFault })
  slimRequests(io)
  upgrades.serve({
    path: /^\/socket\.io\/$/,
    take: (req, socket, head) => engine.handleUpgrade(req, socket, head),
  })

  return {
    io,

    /** Serves a request of Engine.IO's; false where it is none. */
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
