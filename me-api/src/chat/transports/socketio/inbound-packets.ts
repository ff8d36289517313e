import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { Clock } from '../../../clock.ts'
import type { Limit } from '../../../config.ts'
import type { Notice } from '../../../contract/index.ts'
import { type Refusal, rateLimited } from '../../../errors.ts'
import type { Metrics } from '../../metrics/chat-metrics.ts'
import type { ChatServer } from './socket-types.ts'
import { sidOf } from './fast-broadcast.ts'
import { type Connection, type Reading, createReading } from './pause-reading.ts'
import { createRoundRobin } from './round-robin.ts'
import { noticePacket, refusalOf } from './packet-format.ts'

/** Events of one connection without an answer at which its socket is no longer read, and at which it is read again. */
const UNANSWERED_MAX = 20
const UNANSWERED_FEW = 10
/** Milliseconds in which a client that is sent away can close the connection itself. */
const GOODBYE_MAX = 1_000

/** A packet of Engine.IO; Socket.IO gets those of type `message`. */
type Packet = { type: string; data?: unknown }

/** A fixed window of a limit: what it has counted, and when it ends, in milliseconds since 1970. */
type Period = { count: number; endsAt: number }

/** What one connection sends to the server. */
type Inbound = {
  connection: Connection
  /** Hands a packet to Socket.IO. */
  deliver: (packet: unknown) => void
  /** Packets that have come and are not delivered yet, in their order. */
  waiting: unknown[]
  /** Events that are delivered and not answered yet. */
  unanswered: number
  /** The turn of the event loop in which the last packet was delivered. */
  turn: number
  packets: Period
  /** Events that a limit refused. */
  refusals: Period | null
  reading: Reading
  /** How far the connection has come into the chat; the owner has no limit. */
  place: 'none' | 'entering' | 'in' | 'owner'
  isOver: boolean
}

type Parts = {
  io: ChatServer
  /** Packets of one connection, of whatever kind. */
  limit: Limit | null
  /** Refused events of one connection, beyond which it is sent away. */
  limitRefused: Limit | null
  clock: Clock
  log: Pick<Logger, 'debug'>
  metrics: Pick<Metrics, 'refused'>
}

/**
 * Stands between Engine.IO and Socket.IO. It refuses the packets of a connection that are beyond the limit, delivers the
 * others of all connections in turns, and pauses reading from a connection of which twenty events are unanswered.
 */
export function createInboundPackets({ io, limit, limitRefused, clock, log, metrics }: Parts) {
  const all = new WeakMap<object, Inbound>()
  const queue = createRoundRobin<Inbound>(handOn)

  io.engine.on('connection', (connection: Connection) => {
    const [deliver] = connection.listeners('data') as [Inbound['deliver']]
    const inbound: Inbound = {
      connection,
      deliver,
      waiting: [],
      unanswered: 0,
      turn: -1,
      packets: { count: 0, endsAt: 0 },
      refusals: null,
      reading: createReading(connection),
      place: 'none',
      isOver: false,
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
    if (inbound.isOver) return
    const excess = limit && inbound.place !== 'owner' ? countIn(inbound.packets, limit) - limit.count : 0
    if (limit && excess > limit.count) slowDown(inbound, inbound.packets)
    else if (type !== 'message') return
    else if (excess > 0) refuse(inbound, data)
    else take(inbound, data)
  }

  /** Counts a WebSocket's own ping as a packet, and answers it within the limit. */
  function answerPing(inbound: Inbound, socket: WebSocket, data: Buffer): void {
    received(inbound, PING)
    const isOver = inbound.isOver || (limit && inbound.packets.count > limit.count)
    if (!isOver) socket.pong(data)
  }

  /** Counts one more, in a new period where this one is over; the answer is the count. */
  function countIn(period: Period, { seconds }: Limit): number {
    const now = clock.now()
    if (now >= period.endsAt) Object.assign(period, { count: 0, endsAt: now + seconds * 1_000 })
    return ++period.count
  }

  const tooFast = ({ endsAt }: Period): Refusal =>
    rateLimited('You do more than the server can answer.', endsAt - clock.now())

  /** Answers without parsing the packet, so that a refusal costs almost nothing. */
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
    const isFirst = inbound.waiting.length === 0 && inbound.turn !== turn
    if (isFirst && inbound.unanswered < UNANSWERED_MAX && queue.mayServeAtOnce()) {
      inbound.turn = turn
      return inbound.deliver(packet)
    }
    inbound.waiting.push(packet)
    queue.add(inbound)
    if (inbound.waiting.length + inbound.unanswered >= UNANSWERED_MAX) inbound.reading.pause()
  }

  /** Delivers one packet; true where another one can follow. */
  function handOn(inbound: Inbound): boolean {
    if (inbound.connection.readyState !== 'open' && !inbound.isOver) sendAway(inbound)
    if (inbound.unanswered >= UNANSWERED_MAX || inbound.waiting.length === 0) return false
    inbound.deliver(inbound.waiting.shift())
    readAgain(inbound)
    return inbound.waiting.length > 0
  }

  function readAgain({ waiting, unanswered, reading }: Inbound): void {
    if (waiting.length + unanswered <= UNANSWERED_FEW) reading.resume()
  }

  function answered(inbound: Inbound): void {
    inbound.unanswered--
    if (inbound.waiting.length > 0) queue.add(inbound)
    readAgain(inbound)
  }

  /** Tells a client that goes on beyond the limit why it is sent away. Socket.IO's client reconnects by itself. */
  function slowDown(inbound: Inbound, period: Period): void {
    const { connection, place } = inbound
    const { message, retryAfter } = tooFast(period).toFailure()
    log.debug(
      { limit: period === inbound.packets ? 'LIMIT_EVENTS' : 'refused events' },
      'connection sent away',
    )
    const notice: Notice = { code: 'SLOW_DOWN', message, ...(retryAfter && { retryAfter }) }
    metrics.refused('RATE_LIMITED')
    if (place === 'in') connection.write(noticePacket(notice))
    sendAway(inbound)
  }

  /** Closes the transport once the polling body that brought the last packet is answered, and reads nothing more. */
  function sendAway(inbound: Inbound): void {
    const { connection } = inbound
    end(inbound)
    setImmediate(() => {
      connection.close()
      connection.transport.socket?.pause()
    })
    setTimeout(() => connection.close(true), GOODBYE_MAX).unref()
  }

  function end(inbound: Inbound): void {
    inbound.isOver = true
    inbound.waiting = []
    queue.remove(inbound)
    inbound.reading.releaseBody()
  }

  return {
    /** Whether the connection may enter the chat. One that asks a second time is closed, as Socket.IO's client never does. */
    enter(connection: object): boolean {
      const inbound = all.get(connection)
      const mayEnter = inbound?.place === 'none' && !inbound.isOver
      if (mayEnter) inbound.place = 'entering'
      else if (inbound) sendAway(inbound)
      return mayEnter
    },

    entered(connection: object, isOwner: boolean): void {
      const inbound = all.get(connection)
      if (inbound) inbound.place = isOwner ? 'owner' : 'in'
    },

    /** The connection was refused or has left the chat. Its transport stays open. */
    left(connection: object): void {
      const inbound = all.get(connection)
      if (inbound) inbound.place = 'none'
    },

    /** A limit has refused an event of the connection. After too many the connection is sent away. */
    refused(connection: object): void {
      const inbound = all.get(connection)
      if (!inbound || !limitRefused || inbound.isOver) return
      const refusals = (inbound.refusals ??= { count: 0, endsAt: 0 })
      if (countIn(refusals, limitRefused) > limitRefused.count) slowDown(inbound, refusals)
    },

    /** An event was delivered. The caller calls the returned function when it is answered. */
    began(connection: object): () => void {
      const inbound = all.get(connection)
      if (!inbound) return () => {}
      inbound.unanswered++
      return () => answered(inbound)
    },
  }
}

export type InboundPackets = ReturnType<typeof createInboundPackets>

/** The frames of a WebSocket itself. */
const PONG: Packet = { type: 'pong' }
const PING: Packet = { type: 'ping' }
