import { type RequestListener, type Server, type ServerResponse, createServer } from 'node:http'
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
  const isTooMany = countUnanswered()
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
    (req, res) => {
      if (isTooMany(req.socket, res)) return void req.socket.destroy()
      // Node drops requests that came in one piece with a refused upgrade. A client sends them again when it is closed.
      if (req.headers.upgrade !== undefined) res.setHeader('Connection', 'close')
      // The same answer as Node's own to a request that it cannot read.
      if (isUnreadableUpgrade(req)) res.writeHead(400).end()
      else listener(req, res)
    },
  )
  server.on('upgrade', upgrades.take)
  server.timeout = STILL_MAX
  return server
}

/**
 * Counts one more request of a connection, until its answer is sent or given up; true where there are too many. A
 * thousand requests in one piece would otherwise all be begun, and kept, before the first is answered.
 */
function countUnanswered(): (socket: Socket, res: ServerResponse) => boolean {
  const unanswered = new WeakMap<Socket, number>()
  return (socket, res) => {
    const count = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, count)
    res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 0) - 1))
    return socket.destroyed || count > PIPELINED_MAX
  }
}
