import type { Logger } from 'pino'
import type { Namespace, Server, Socket } from 'socket.io'
import type { z } from 'zod'
import {
  type Ack,
  CATCH_UP_MAX,
  type Change,
  type ClientEvents,
  Handshake,
  type Identity,
  type Message,
  MessageChoice,
  MessageDraft,
  MessageEdit,
  Moderation,
  NICK_MAX,
  NickChoice,
  type Notice,
  type Person,
  Reaction,
  RoomEntry,
  RoomExit,
  type ServerEvents,
  TEXT_MAX,
  type PresenceChange,
  type TypingChange,
  TypingState,
} from '../../../contract/index.ts'
import type { Limit } from '../../../config.ts'
import { Refusal, parse } from '../../../errors.ts'
import type { AddressOf } from '../../../http/client-address.ts'
import type { Callers } from '../../identity/authenticate.ts'
import { toRefusal } from '../../../http/error-handler.ts'
import type { Metrics } from '../../metrics/chat-metrics.ts'
import type { Accepted, MessageRules } from '../../messages/messages.ts'
import { createConnectionLifecycle } from './connection-lifecycle.ts'
import type { ConnectionLimit } from '../../rate-limits/connection-limit.ts'
import { readersOf } from './fan-out.ts'
import type { InboundPackets } from './inbound-packets.ts'
import type { Limiter } from '../../rate-limits/rate-limiter.ts'
import type { ModerationRules, VisitorHere } from '../../moderation/moderation.ts'
import type { PresenceList } from '../../presence/presence.ts'
import type { Rooms } from '../../rooms/rooms.ts'
import { createSerialQueue } from '../../serial-queue.ts'
import type { Typing } from '../../presence/typing.ts'
import type { Guest, Visitors } from '../../identity/visitors.ts'

type SocketData = {
  guest: Guest
  address: string | null
  tab: string | null
  /** Only reads on for as long as a ban lasts. */
  isBarred: boolean
  /** A connection's writes are taken in the order sent. */
  inTurn: ReturnType<typeof createSerialQueue>
}
type NoEvents = Record<string, never>
export type ChatServer = Server<ClientEvents, ServerEvents, NoEvents, SocketData>
export type ChatNamespace = Namespace<ClientEvents, ServerEvents, NoEvents, SocketData>
export type ChatSocket = Socket<ClientEvents, ServerEvents, NoEvents, SocketData>

type Parts = {
  io: ChatServer
  chat: MessageRules
  rooms: Rooms
  visitors: Visitors
  presence: PresenceList
  typing: Typing
  moderation: Pick<ModerationRules, 'moderate' | 'noticeFor'>
  callers: Callers
  addressOf: AddressOf
  connections: ConnectionLimit
  inbound: InboundPackets
  /** How fast somebody may write. */
  paceOf: (self: Person | null) => Limit | null
  limitNicks: Limiter
  limitAddress: Limiter
  onOwnerSeen: (id: string) => void
  log: Logger
  metrics: Pick<Metrics, 'answered' | 'refused'>
}

/** Serves the chat over Socket.IO, namespace `/chat`; the root namespace refuses everybody. */
export function serveSocketio({
  io,
  chat,
  rooms,
  visitors,
  presence,
  typing,
  moderation,
  callers,
  addressOf,
  connections,
  inbound,
  paceOf,
  limitNicks,
  limitAddress,
  onOwnerSeen,
  log,
  metrics,
}: Parts) {
  const namespace: ChatNamespace = io.of('/chat')
  // Counted at the engine, so that no namespace slips by; refused in the namespace's middleware, the only place from
  // which a client gets the code.
  io.engine.on('connection', (connection) => {
    connection.once('close', connections.add(addressOf(connection.request)))
  })
  const lifecycle = createConnectionLifecycle({ visitors, presence, typing, connectionsOf, onOwnerSeen })

  io.use((_socket, next) => next(connectError(new Refusal('NOT_FOUND', 'The chat is at /chat.'))))

  namespace.use(async (socket, next) => {
    const { conn } = socket
    if (!inbound.enter(conn)) return next(connectError(new Refusal('INVALID', 'You are here already.')))
    try {
      const address = addressOf(socket.request)
      connections.mayStay(address)
      const handshake = parse(Handshake, socket.handshake.auth)
      const guest = await visitors.connect(handshake, await callers.byCookie(socket.request), address)
      const [tab, isBarred] = [handshake.tab ?? null, handshake.reader === true]
      socket.data = { guest, address, tab, isBarred, inTurn: createSerialQueue() }
      inbound.entered(conn, guest.self?.role === 'owner')
      next()
    } catch (error) {
      inbound.left(conn)
      next(connectError(refusalOf(error)))
    }
  })

  namespace.on('connection', async (socket) => {
    socket.once('disconnect', () => inbound.left(socket.conn))
    try {
      lifecycle.opened(socket)
      answer(socket)
      const { self, token, sessionId } = socket.data.guest
      if (sessionId) void socket.join(sessionRoom(sessionId))
      if (socket.data.isBarred) void socket.join(BARRED)
      const limits = { text: TEXT_MAX, nick: NICK_MAX, messages: paceOf(self) }
      const list = await rooms.list()
      socket.emit('welcome', { self, token, rooms: list, ...presence.list(), limits })
      void socket.join(WELCOMED)
      const notice = self && moderation.noticeFor(self.id)
      if (notice) socket.emit('notice', notice)
    } catch (error) {
      refusalOf(error)
      socket.disconnect(true)
    }
  })

  const write =
    <Input>(act: (by: Person | null, input: Input, address: string | null) => Promise<Accepted>) =>
    async (input: Input, { data }: ChatSocket): Promise<Message> => {
      const { stored } = await data.inTurn(() => act(data.guest.self, input, data.address))
      if (data.guest.self) typing.gone(data.guest.self)
      return stored
    }
  /** Every event, one line each: parse, call, acknowledge. One table for all: a connection costs enough already. */
  const events: Record<string, (data: unknown, socket: ChatSocket) => Promise<unknown>> = {
    'room:enter': on(RoomEntry, ({ room, after }, socket) => enterRoom(socket, room, after)),
    'room:leave': on(RoomExit, ({ room }, socket) => leaveRoom(socket, room)),
    'message:send': on(MessageDraft, write(chat.send)),
    'message:edit': on(MessageEdit, write(chat.edit)),
    'message:delete': on(MessageChoice, write(chat.remove)),
    'message:restore': on(MessageChoice, write(chat.restore)),
    'message:react': on(Reaction, write(chat.react)),
    'typing:set': on(TypingState, ({ room, on }, socket) => setTyping(socket, room, on)),
    'visitor:moderate': on(Moderation, (order, { data }) => moderation.moderate(data.guest.self, order)),
    'nick:set': on(NickChoice, (choice, socket) => socket.data.inTurn(() => setNick(socket, choice))),
  }

  function answer(socket: ChatSocket): void {
    socket.onAny(async (event: string, ...args: unknown[]) => {
      const last = args.at(-1)
      const acknowledge = typeof last === 'function' ? (last as (ack: Ack<unknown>) => void) : () => {}
      const handle = Object.hasOwn(events, event) ? events[event] : undefined
      const began = performance.now()
      const answered = inbound.began(socket.conn)
      try {
        if (!handle) throw new Refusal('INVALID', 'There is no such event.')
        acknowledge({ ok: true, data: await handle(args[0], socket) })
        metrics.answered(event, began)
      } catch (error) {
        const refusal = refusalOf(error)
        acknowledge({ ok: false, error: refusal.toFailure() })
        if (refusal.code === 'RATE_LIMITED' && socket.data.address !== null) inbound.refused(socket.conn)
      } finally {
        answered()
      }
    })
  }

  /** Joined first and read then, so that nothing falls between the answer and the first Change. */
  async function enterRoom(socket: ChatSocket, room: string, after: number | null): Promise<Change> {
    await chat.openRoom(room)
    await socket.join(readersOf(room))
    return chat.changes(room, after, CATCH_UP_MAX)
  }

  async function leaveRoom(socket: ChatSocket, room: string): Promise<null> {
    await socket.leave(readersOf(room))
    return null
  }

  async function setTyping(socket: ChatSocket, room: string, isWriting: boolean): Promise<null> {
    const { guest, address } = socket.data
    const writer = await chat.mayWrite(guest.self, address)
    await chat.openRoom(room)
    typing.set(room, writer, isWriting)
    return null
  }

  async function setNick(socket: ChatSocket, { nick, proof }: NickChoice): Promise<Identity> {
    const { guest, address, tab } = socket.data
    if (guest.self?.role !== 'owner') {
      if (guest.self) limitNicks(guest.self.id)
      limitAddress(address)
    }
    const renamed = await visitors.setNick(guest, nick, { address, tab, proof }).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'BANNED') void socket.join(BARRED)
      throw error
    })
    lifecycle.renamed(socket, renamed)
    return { self: renamed.self, token: renamed.token }
  }

  function connectionsOf(personId: string): ChatSocket[] {
    return [...namespace.sockets.values()].filter(({ data }) => data.guest.self?.id === personId)
  }

  function refusalOf(error: unknown): Refusal {
    const refusal = toRefusal(error)
    metrics.refused(error instanceof Refusal ? refusal.code : 'UNAVAILABLE')
    if (error instanceof Refusal) return refusal
    log.error({ err: error }, 'event failed')
    return new Refusal('UNAVAILABLE', 'It could not be done now. Try again.', { retryAfter: 2 })
  }

  return {
    namespace,
    /** A room that was removed has no readers. */
    emptyRoom: (room: string) => namespace.in(readersOf(room)).socketsLeave(readersOf(room)),
    /** To whoever has got the whole of it in `welcome`, which is always the first event. */
    tellPresence: (change: PresenceChange) => namespace.to(WELCOMED).emit('presence:changed', change),
    tellTyping: (change: TypingChange) => namespace.to(readersOf(change.room)).emit('typing:changed', change),
    tell: (personId: string, notice: Notice) =>
      connectionsOf(personId).forEach((socket) => socket.emit('notice', notice)),
    /** Whoever waits for the end of a ban may ask again. */
    tellBarred: (notice: Notice) => namespace.to(BARRED).emit('notice', notice),
    /** Somebody who may no longer be here. */
    end: (personId: string) => connectionsOf(personId).forEach((socket) => socket.disconnect(true)),
    visitorsHere: (): VisitorHere[] =>
      [...namespace.sockets.values()].flatMap((socket) => {
        const { guest, address } = socket.data
        if (guest.self?.role !== 'visitor') return []
        const end = (notice: Notice) => (socket.emit('notice', notice), void socket.disconnect(true))
        return { self: guest.self, address, end }
      }),
    /** A session that ended takes its connections with it. */
    endSession: (id: string) => namespace.in(sessionRoom(id)).disconnectSockets(true),
  }
}

/** What schema and handler make of an event's data. */
function on<Schema extends z.ZodType>(
  schema: Schema,
  act: (data: z.output<Schema>, socket: ChatSocket) => Promise<unknown>,
) {
  return async (data: unknown, socket: ChatSocket) => act(parse(schema, data), socket)
}

const WELCOMED = 'welcomed'
/** Readers that are here for as long as a ban lasts. */
const BARRED = 'barred'
const sessionRoom = (id: string): string => `session ${id}`

/** Socket.IO hands an error's `data` to the refused client. */
function connectError(refusal: Refusal): Error {
  return Object.assign(new Error(refusal.message), { data: refusal.toFailure() })
}
