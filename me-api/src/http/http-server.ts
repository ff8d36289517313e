import { type RequestListener, type Server, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { type Upgrades, isUnreadableUpgrade } from './upgrades.ts'

/** Milliseconds for a request's head, and for all of it; a body is 64 KiB at most. */
const HEAD_MAX = 10_000
const REQUEST_MAX = 20_000
/** How often is looked for requests that take longer. */
const LOOK_EVERY = 2_000
/**
 * Milliseconds in which nothing moves on a connection: longer than a long poll waits and a stream is silent, so that
 * only who does not read their answer is meant.
 */
const STILL_MAX = 60_000
/** Requests of one connection without an answer. A browser sends one at a time, and a program that pipelines, a few. */
const PIPELINED_MAX = 100
/** Milliseconds that a connection is kept for another request. */
const KEPT_MAX = 5_000

/**
 * The HTTP server, which waits for nobody's slow request, and which reads a request as the standard has it or not at
 * all: what it and a proxy in front could understand in two ways would be two requests (RFC 9112 §11.2).
 */
export function createHttpServer(listener: RequestListener, upgrades: Upgrades): Server {
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
      // Node drops requests that came in one piece with a refused upgrade. A client sends them again when it is closed.
      if (req.headers.upgrade !== undefined) res.setHeader('Connection', 'close')
      // The same answer as Node's own to a request that it cannot read.
      if (isUnreadableUpgrade(req)) res.writeHead(400).end()
      else listener(req, res)
    }),
  )
  server.on('upgrade', upgrades.take)
  server.timeout = STILL_MAX
  return server
}

/**
 * Serves the requests of a connection one after the other, and ends a connection that sends too many ahead. Node begins
 * them all at once, and an answer that waits behind another has no socket yet: where the connection ended meanwhile,
 * `send` would keep its file open for good.
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
