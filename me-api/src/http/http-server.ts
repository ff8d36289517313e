import { type RequestListener, type Server, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { type Upgrades, isUnreadableUpgrade } from './upgrades.ts'

/** Milliseconds for a request's head, and for the whole request; a body is 64 KiB at most. */
const HEAD_MAX = 10_000
const REQUEST_MAX = 20_000
/** Milliseconds between two checks for requests that exceed them. */
const LOOK_EVERY = 2_000
/**
 * Milliseconds without traffic after which a connection is closed: longer than a long poll waits and a stream is
 * silent, so that it affects only clients that do not read their answer.
 */
const STILL_MAX = 60_000
/**
 * The most unanswered requests of one connection. A browser sends one at a time, and a program that pipelines, a few.
 */
const PIPELINED_MAX = 100
/** Milliseconds that an idle connection is kept for another request. */
const KEPT_MAX = 5_000
/** Milliseconds that running answers and closing WebSockets have to end when the server stops. */
const CLOSING_MAX = 1_000

/**
 * The HTTP server, with time limits for slow requests. It rejects requests that deviate from the standard, because a
 * proxy in front may read an ambiguous request differently (request smuggling, RFC 9112 §11.2).
 */
export function createHttpServer(listener: RequestListener, upgrades: Upgrades) {
  const server = createServer(
    {
      headersTimeout: HEAD_MAX,
      requestTimeout: REQUEST_MAX,
      connectionsCheckingInterval: LOOK_EVERY,
      keepAliveTimeout: KEPT_MAX,
      insecureHTTPParser: false,
      requireHostHeader: true,
      shouldUpgradeCallback: upgrades.accepts,
    },
    inOrder((req, res) => {
      // Node drops requests that arrived in one chunk with a refused upgrade. The client sends them again when the
      // connection closes.
      if (req.headers.upgrade !== undefined) res.setHeader('Connection', 'close')
      // The same answer that Node gives to an unreadable request.
      if (isUnreadableUpgrade(req)) res.writeHead(400).end()
      else listener(req, res)
    }),
  )
  server.on('upgrade', upgrades.take)
  server.timeout = STILL_MAX
  return { server, close: closeOf(server) }
}

/**
 * Returns the function that stops the server within `CLOSING_MAX`: it accepts nothing more and destroys what is still
 * open then. `closeAllConnections` of Node leaves out upgraded connections, so that one silent WebSocket would keep
 * the server from stopping.
 */
function closeOf(server: Server): () => Promise<void> {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })

  return async function close() {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    const deadline = setTimeout(() => open.forEach((socket) => socket.destroy()), CLOSING_MAX)
    await closed
    clearTimeout(deadline)
  }
}

/**
 * Serves the requests of a connection one after the other, and ends a connection with too many waiting. Node would
 * start them all at once, and an answer that waits behind another has no socket yet: if the connection ended
 * meanwhile, `send` would never close its file.
 */
function inOrder(listener: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, (() => void)[]>()

  return function take(req, res) {
    const { socket } = req
    if (socket.destroyed) return
    const serve = () => {
      res.once('close', () => next(socket))
      listener(req, res)
    }
    const ofSocket = waiting.get(socket)
    if (ofSocket && ofSocket.push(serve) >= PIPELINED_MAX) return void socket.destroy()
    if (ofSocket) return
    waiting.set(socket, [])
    serve()
  }

  function next(socket: Socket): void {
    const serve = socket.destroyed ? undefined : waiting.get(socket)?.shift()
    if (serve) serve()
    else waiting.delete(socket)
  }
}
