import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'
import type { Limit } from '../config.ts'
import type { Notice } from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { Metrics } from '../http/metrics.ts'
import type { ChatServer } from './chat.sockets.ts'
import { createRoundRobin } from './round-robin.ts'

/** Events of one connection without an answer at which its socket is no longer read, and at which it is read again. */
const UNANSWERED_MAX = 20
const UNANSWERED_FEW = 10
/** Milliseconds that somebody who is sent away has to hear so. */
const GOODBYE_MAX = 1_000

/** A packet of Engine.IO; only messages go on to Socket.IO. */
type Packet = { type: string; data?: unknown }

/** Engine.IO's connection, with parts that its types keep to themselves; a plain connection has the same shape. */
export type Connection = EventEmitter & {
  readyState: string
  transport: { socket?: WebSocket }
  write(packet: string): void
  close(isLost?: boolean): void
  onClose?: (reason: string, description?: unknown) => void
  pingTimeoutTimer?: NodeJS.Timeout | null
  resetPingTimeout?: () => void
}

/** How many there were since it began, and when it ends, in milliseconds since 1970. */
type Period = { count: number; endsAt: number }

/** What one connection sends to the server. */
type Inbound = {
  connection: Connection
  /** Hands a packet to Socket.IO. */
  deliver: (packet: unknown) => void
  /** Packets that have come and not been handed on, in their order. */
  waiting: unknown[]
  /** Events handed on and not answered yet. */
  unanswered: number
  /** The turn of the event loop in which a packet was handed on last. */
  turn: number
  packets: Period
  /** Events that a limit refused. */
  refusals: Period | null
  isPaused: boolean
  /** The next body of a polling client, while reading is paused. */
  heldBody: (() => void) | null
  /** Whether it is in the chat, or on its way; no limit holds for the owner. */
  place: 'none' | 'entering' | 'in' | 'owner'
  isOver: boolean
}

type Parts = {
  io: ChatServer
  /** Packets of one connection, of whatever kind. */
  limit: Limit | null
  /** Refused events of one connection after which it is sent away. */
  limitRefused: Limit | null
  clock: Clock
  metrics: Pick<Metrics, 'refused'>
}

/**
 * Stands between Engine.IO and Socket.IO and takes from each connection, whatever its transport, what can be answered:
 * no more than the limit, at most some twenty events at once, and no connection's thousand before another's first. A
 * socket whose events are unanswered is not read, and its ping time-out does not run meanwhile.
 */
export function createInbound({ io, limit, limitRefused, clock, metrics }: Parts) {
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
      isPaused: false,
      heldBody: null,
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

  /** The body that a polling client sends next is left unread while the last one's events are unanswered. */
  io.engine.use((req: IncomingMessage, _res: ServerResponse, next: (error?: Error) => void) => {
    const inbound = req.method === 'POST' ? ofRequest(req) : undefined
    if (!inbound?.isPaused) next()
    else if (inbound.heldBody) next(new Error('one body at a time'))
    else inbound.heldBody = next
  })

  function ofRequest(req: IncomingMessage): Inbound | undefined {
    const { sid = '' } = (req as { _query?: { sid?: string } })._query ?? {}
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

  /** A ping of the WebSocket itself counts as a packet; beyond the limit it has no answer. */
  function answerPing(inbound: Inbound, socket: WebSocket, data: Buffer): void {
    received(inbound, PING)
    const isOver = inbound.isOver || (limit && inbound.packets.count > limit.count)
    if (!isOver) socket.pong(data)
  }

  /** Counts one more, from one on where the period is over. */
  function countIn(period: Period, { seconds }: Limit): number {
    const now = clock.now()
    if (now >= period.endsAt) Object.assign(period, { count: 0, endsAt: now + seconds * 1_000 })
    return ++period.count
  }

  const tooFast = ({ endsAt }: Period): Refusal =>
    new Refusal('RATE_LIMITED', 'You do more than the server can answer.', {
      retryAfter: Math.max(1, Math.ceil((endsAt - clock.now()) / 1_000)),
    })

  /** Answers without reading the packet: what is refused must cost next to nothing. */
  function refuse(inbound: Inbound, packet: unknown): void {
    metrics.refused('RATE_LIMITED')
    const error = tooFast(inbound.packets).toFailure()
    const [, ack] = (typeof packet === 'string' && eventWithAck.exec(packet)) || []
    if (ack) inbound.connection.write(`3/chat,${ack}[${JSON.stringify({ ok: false, error })}]`)
    else if (isConnect(packet))
      inbound.connection.write(`4/chat,${JSON.stringify({ message: error.message, data: error })}`)
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
    if (inbound.waiting.length + inbound.unanswered >= UNANSWERED_MAX) pause(inbound)
  }

  /** Hands on one packet; true where another one may follow. */
  function handOn(inbound: Inbound): boolean {
    if (inbound.connection.readyState !== 'open' && !inbound.isOver) sendAway(inbound)
    if (inbound.unanswered >= UNANSWERED_MAX || inbound.waiting.length === 0) return false
    inbound.deliver(inbound.waiting.shift())
    readAgain(inbound)
    return inbound.waiting.length > 0
  }

  function pause(inbound: Inbound): void {
    const { connection } = inbound
    if (!inbound.isPaused) letPingsWait(inbound)
    inbound.isPaused = true
    connection.transport.socket?.pause()
  }

  function readAgain(inbound: Inbound): void {
    if (!inbound.isPaused || inbound.waiting.length + inbound.unanswered > UNANSWERED_FEW) return
    const { connection, heldBody } = inbound
    inbound.isPaused = false
    inbound.heldBody = null
    connection.transport.socket?.resume()
    // Engine.IO's timer is there only while a pong is awaited.
    if (connection.pingTimeoutTimer !== null) connection.resetPingTimeout?.()
    heldBody?.()
  }

  /** An event of the connection is answered, whatever the answer. */
  function answered(inbound: Inbound): void {
    inbound.unanswered--
    if (inbound.waiting.length > 0) queue.add(inbound)
    readAgain(inbound)
  }

  /** Sends somebody away who goes on regardless; a client of Socket.IO comes back by itself. */
  function slowDown(inbound: Inbound, period: Period): void {
    const { connection, place } = inbound
    const { message, retryAfter } = tooFast(period).toFailure()
    const notice: Notice = { code: 'SLOW_DOWN', message, ...(retryAfter && { retryAfter }) }
    metrics.refused('RATE_LIMITED')
    if (place === 'in') connection.write(`2/chat,["notice",${JSON.stringify(notice)}]`)
    sendAway(inbound)
  }

  /** Closes the transport, once the polling body that brought the last packet is answered; what else comes is not read. */
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
    inbound.heldBody?.()
    inbound.heldBody = null
  }

  return {
    /** Whether the connection may come into the chat: once at a time. Else it is closed, as no client of Socket.IO asks twice. */
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

    /** It was refused, or has left the chat; the transport may go on. */
    left(connection: object): void {
      const inbound = all.get(connection)
      if (inbound) inbound.place = 'none'
    },

    /** An event of it was refused by a limit: who is refused as often as an address may write is sent away. */
    refused(connection: object): void {
      const inbound = all.get(connection)
      if (!inbound || !limitRefused || inbound.isOver) return
      const refusals = (inbound.refusals ??= { count: 0, endsAt: 0 })
      if (countIn(refusals, limitRefused) > limitRefused.count) slowDown(inbound, refusals)
    },

    /** An event has come through; the answer tells that it is answered. */
    began(connection: object): () => void {
      const inbound = all.get(connection)
      if (!inbound) return () => {}
      inbound.unanswered++
      return () => answered(inbound)
    },
  }
}

export type InboundPackets = ReturnType<typeof createInbound>

/** The frames of a WebSocket itself. */
const PONG: Packet = { type: 'pong' }
const PING: Packet = { type: 'ping' }

/** The packets of Socket.IO that wait for an answer: an event with an acknowledgement, and who wants to come in. */
const eventWithAck = /^2\/chat,(\d+)\[/
const isConnect = (packet: unknown): boolean => typeof packet === 'string' && packet.startsWith('0/chat')

/** A ping time-out that falls into a pause begins anew: the pong is not read yet. */
function letPingsWait(inbound: Inbound): void {
  const { connection } = inbound
  const onClose = connection.onClose
  if (!onClose || Object.hasOwn(connection, 'onClose')) return
  connection.onClose = (reason, description) => {
    if (inbound.isPaused && reason === 'ping timeout') connection.resetPingTimeout?.()
    else onClose.call(connection, reason, description)
  }
}
