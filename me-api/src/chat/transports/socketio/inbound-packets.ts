import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { Clock } from '../../../clock.ts'
import type { Limit } from '../../../config.ts'
import type { Notice } from '../../../contract/index.ts'
import { type Refusal, rateLimited } from '../../../errors.ts'
import type { Metrics } from '../../metrics/chat-metrics.ts'
import type { ChatServer } from './socket-types.ts'
import { sidOf } from './engine-connection.ts'
import { type Connection, type Reading, createReading } from './pause-reading.ts'
import { createRoundRobin } from './round-robin.ts'
import { noticePacket, refusalOf } from './packet-format.ts'

/** Unanswered events of one connection at which reading pauses, and at which it resumes. */
const UNANSWERED_MAX = 20
const UNANSWERED_FEW = 10
/** Milliseconds in which a client can close the connection itself before the server does. */
const CLOSE_TIMEOUT = 1_000

/** A packet of Engine.IO; those of type `message` go to Socket.IO. */
type Packet = { type: string; data?: unknown }

/** A fixed window of a limit: its count, and its end by the monotonic clock. */
type Period = { count: number; endsAt: number }

/** The state of one connection's input. */
type Inbound = {
  connection: Connection
  /** Delivers a packet to Socket.IO. */
  deliver: (packet: unknown) => void
  /** Received packets that are not delivered yet, in order. */
  waiting: unknown[]
  /** Delivered events that are not answered yet. */
  unanswered: number
  /** The event-loop turn in which the last packet was delivered. */
  loopTurn: number
  packets: Period
  /** Events refused by a limit. */
  refusals: Period | null
  reading: Reading
  /** The state of the connection in the chat; the owner has no limit. */
  stage: 'none' | 'entering' | 'in' | 'owner'
  hasEnded: boolean
}

type Parts = {
  io: ChatServer
  /** The limit of a connection's packets of any kind. */
  limit: Limit | null
  /** The limit of a connection's refused events, beyond which it is closed. */
  limitRefused: Limit | null
  clock: Clock
  log: Pick<Logger, 'debug'>
  metrics: Pick<Metrics, 'refused'>
}

/**
 * Filters packets between Engine.IO and Socket.IO. It refuses a connection's packets beyond the limit, delivers the
 * others round-robin over all connections, and pauses reading from a connection with twenty unanswered events.
 */
export function createInboundPackets({ io, limit, limitRefused, clock, log, metrics }: Parts) {
  const all = new WeakMap<object, Inbound>()
  const queue = createRoundRobin<Inbound>(deliverNext)

  io.engine.on('connection', (connection: Connection) => {
    const [deliver] = connection.listeners('data') as [Inbound['deliver']]
    const inbound: Inbound = {
      connection,
      deliver,
      waiting: [],
      unanswered: 0,
      loopTurn: -1,
      packets: { count: 0, endsAt: 0 },
      refusals: null,
      reading: createReading(connection),
      stage: 'none',
      hasEnded: false,
    }
    all.set(connection, inbound)
    connection.off('data', deliver)
    connection.on('packet', (packet: Packet) => received(inbound, packet))
    connection.once('close', () => end(inbound))
    const listen = ({ socket }: Connection['transport']) => {
      socket?.on('ping', (data: Buffer) => answerPing(inbound, socket, data))
      socket?.on('pong', () => received(inbound, PONG))
    }
    listen(connection.transport)
    connection.once('upgrade', listen)
  })

  io.engine.use((req: IncomingMessage, _res: ServerResponse, next: (error?: Error) => void) => {
    const inbound = req.method === 'POST' ? ofRequest(req) : undefined
    if (inbound) inbound.reading.takeBody(next)
    else next()
  })

  function ofRequest(req: IncomingMessage): Inbound | undefined {
    const sid = sidOf(req)
    const { clients } = io.engine as unknown as { clients: Record<string, object> }
    const connection = Object.hasOwn(clients, sid) ? clients[sid] : undefined
    return connection && all.get(connection)
  }

  function received(inbound: Inbound, { type, data }: Packet): void {
    if (inbound.hasEnded) return
    const excess = limit && inbound.stage !== 'owner' ? countIn(inbound.packets, limit) - limit.count : 0
    if (limit && excess > limit.count) closeTooFast(inbound, inbound.packets)
    else if (type !== 'message') return
    else if (excess > 0) refuse(inbound, data)
    else take(inbound, data)
  }

  /** Counts a WebSocket's own ping as a packet, and answers it within the limit. */
  function answerPing(inbound: Inbound, socket: WebSocket, data: Buffer): void {
    received(inbound, PING)
    const hasEnded = inbound.hasEnded || (limit && inbound.packets.count > limit.count)
    if (!hasEnded) socket.pong(data)
  }

  /** Increments and returns the count; starts a new period if this one has ended. */
  function countIn(period: Period, { seconds }: Limit): number {
    const now = clock.monotonic()
    if (now >= period.endsAt) Object.assign(period, { count: 0, endsAt: now + seconds * 1_000 })
    return ++period.count
  }

  const tooFast = ({ endsAt }: Period): Refusal =>
    rateLimited('You send more than the server can answer.', endsAt - clock.monotonic())

  /** Refuses a packet without parsing it, so that a refusal costs almost nothing. */
  function refuse(inbound: Inbound, packet: unknown): void {
    metrics.refused('RATE_LIMITED')
    // Not each of a flood.
    if (limit && inbound.packets.count === limit.count + 1) {
      log.debug({ limit: 'LIMIT_EVENTS', code: 'RATE_LIMITED' }, 'limit hit')
    }
    const answer = refusalOf(packet, tooFast(inbound.packets).toFailure())
    if (answer !== null) inbound.connection.write(answer)
  }

  function take(inbound: Inbound, packet: unknown): void {
    const turn = queue.turn()
    const isFirst = inbound.waiting.length === 0 && inbound.loopTurn !== turn
    if (isFirst && inbound.unanswered < UNANSWERED_MAX && queue.mayServeAtOnce()) {
      inbound.loopTurn = turn
      return inbound.deliver(packet)
    }
    inbound.waiting.push(packet)
    queue.add(inbound)
    if (inbound.waiting.length + inbound.unanswered >= UNANSWERED_MAX) inbound.reading.pause()
  }

  /** Delivers one packet. Returns whether another one can follow. */
  function deliverNext(inbound: Inbound): boolean {
    if (inbound.connection.readyState !== 'open' && !inbound.hasEnded) closeConnection(inbound)
    if (inbound.unanswered >= UNANSWERED_MAX || inbound.waiting.length === 0) return false
    inbound.deliver(inbound.waiting.shift())
    resumeReading(inbound)
    return inbound.waiting.length > 0
  }

  function resumeReading({ waiting, unanswered, reading }: Inbound): void {
    if (waiting.length + unanswered <= UNANSWERED_FEW) reading.resume()
  }

  function answered(inbound: Inbound): void {
    inbound.unanswered--
    if (inbound.waiting.length > 0) queue.add(inbound)
    resumeReading(inbound)
  }

  /** Tells a client far beyond the limit to slow down, and closes its connection. */
  function closeTooFast(inbound: Inbound, period: Period): void {
    const { connection, stage } = inbound
    const { message, retryAfter } = tooFast(period).toFailure()
    log.debug(
      { limit: period === inbound.packets ? 'LIMIT_EVENTS' : 'refused events' },
      'connection closed after too many events',
    )
    const notice: Notice = { code: 'SLOW_DOWN', message, ...(retryAfter && { retryAfter }) }
    metrics.refused('RATE_LIMITED')
    if (stage === 'in') connection.write(noticePacket(notice))
    closeConnection(inbound)
  }

  /**
   * Closes the transport after the polling request with the last packet is answered, and reads nothing more.
   * Socket.IO's client reconnects by itself.
   */
  function closeConnection(inbound: Inbound, reason?: string): void {
    const { connection } = inbound
    end(inbound)
    setImmediate(() => {
      connection.close(false, reason)
      connection.transport.socket?.pause()
    })
    setTimeout(() => connection.close(true), CLOSE_TIMEOUT).unref()
  }

  function end(inbound: Inbound): void {
    inbound.hasEnded = true
    inbound.waiting = []
    queue.remove(inbound)
    inbound.reading.releaseBody()
  }

  return {
    /** Whether the connection may enter the chat. A second attempt closes it, because Socket.IO's client makes none. */
    enter(connection: object): boolean {
      const inbound = all.get(connection)
      const mayEnter = inbound?.stage === 'none' && !inbound.hasEnded
      if (mayEnter) inbound.stage = 'entering'
      else if (inbound) closeConnection(inbound)
      return mayEnter
    },

    entered(connection: object, isOwner: boolean): void {
      const inbound = all.get(connection)
      if (inbound) inbound.stage = isOwner ? 'owner' : 'in'
    },

    /** Closes the connection's transport; a plain WebSocket gives the reason. */
    close(connection: object, reason: string): void {
      const inbound = all.get(connection)
      if (inbound && !inbound.hasEnded) closeConnection(inbound, reason)
    },

    /** Called when the connection was refused or has left the chat. Its transport stays open. */
    left(connection: object): void {
      const inbound = all.get(connection)
      if (inbound) inbound.stage = 'none'
    },

    /** Called when a limit has refused an event. After too many the connection is closed. */
    refused(connection: object): void {
      const inbound = all.get(connection)
      if (!inbound || !limitRefused || inbound.hasEnded) return
      const refusals = (inbound.refusals ??= { count: 0, endsAt: 0 })
      if (countIn(refusals, limitRefused) > limitRefused.count) closeTooFast(inbound, refusals)
    },

    /** Called when an event is delivered; the returned function is called when it is answered. */
    began(connection: object): () => void {
      const inbound = all.get(connection)
      if (!inbound) return () => {}
      inbound.unanswered++
      return () => answered(inbound)
    },
  }
}

export type InboundPackets = ReturnType<typeof createInboundPackets>

/** A WebSocket's own control frames. */
const PONG: Packet = { type: 'pong' }
const PING: Packet = { type: 'ping' }
