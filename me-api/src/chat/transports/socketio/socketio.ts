import { Handshake, NICK_MAX, type Person, type Room, TEXT_MAX } from '../../../contract/index.ts'
import type { Limit } from '../../../config.ts'
import { Refusal, parse } from '../../../errors.ts'
import type { Callers } from '../../../http/caller.ts'
import type { AddressOf } from '../../../http/client-address.ts'
import type { SiteHost } from '../../../http/site-host.ts'
import type { EndedIdentities } from '../../identity/ended-identities.ts'
import type { Guests } from '../../identity/guests.ts'
import type { ModerationRules } from '../../moderation/moderation.ts'
import type { Away } from '../../presence/away.ts'
import type { PresenceList } from '../../presence/presence.ts'
import type { ConnectionLimit } from '../../rate-limits/connection-limit.ts'
import type { Rooms } from '../../rooms/rooms.ts'
import { createSerialQueue } from '../../serial-queue.ts'
import type { Signals } from '../../signals.ts'
import type { ConnectionLifecycle } from './connection-lifecycle.ts'
import type { EndBanned } from './end-banned.ts'
import { createEndHandshake } from './end-handshake.ts'
import type { InboundPackets } from './inbound-packets.ts'
import type { RefusalOf } from './refusals.ts'
import { BARRED, WELCOMED, sessionRoom } from './socket-rooms.ts'
import type { ChatNamespace, ChatServer, ChatSocket } from './socket-types.ts'

type Parts = {
  io: ChatServer
  namespace: ChatNamespace
  rooms: Pick<Rooms, 'list'>
  guests: Pick<Guests, 'connect'>
  presence: Pick<PresenceList, 'list'>
  away: Pick<Away, 'begin'>
  signals: Pick<Signals, 'roomsChanged'>
  moderation: Pick<ModerationRules, 'noticeFor'>
  callers: Pick<Callers, 'byCookie'>
  addressOf: AddressOf
  ownHostOf: SiteHost['ownHostOf']
  connections: ConnectionLimit
  inbound: InboundPackets
  lifecycle: ConnectionLifecycle
  endBanned: EndBanned
  ended: EndedIdentities
  /** Returns a person's limit of messages. */
  rateOf: (self: Person | null) => Limit | null
  /** Starts to answer a connection's events. */
  answer: (socket: ChatSocket) => void
  refusalOf: RefusalOf
}

/** Serves the chat over Socket.IO in the namespace `/chat`; the root namespace refuses every connection. */
export function serveSocketio(parts: Parts): void {
  const { io, namespace, rooms, guests, presence, signals, moderation, callers, addressOf, connections } =
    parts
  const { ownHostOf, away, inbound, lifecycle, endBanned, ended, rateOf, answer, refusalOf } = parts
  const endHandshake = createEndHandshake(inbound)

  // Connections are counted in the engine, so that none escapes through another namespace, and refused in the
  // namespace's middleware, the only place from which a client receives the code.
  io.engine.on('connection', (connection) => {
    connection.once('close', connections.add(addressOf(connection.request), connection.transport.name))
  })

  io.use((_socket, next) => next(connectError(new Refusal('NOT_FOUND', 'The chat is at /chat.'))))

  namespace.use(async (socket, next) => {
    const { conn } = socket
    const since = lifecycle.moment()
    if (!inbound.enter(conn))
      return next(connectError(new Refusal('INVALID', 'This connection is already in the chat.')))
    try {
      const address = addressOf(socket.request)
      connections.mayStay(address)
      const host = ownHostOf(socket.request)
      const handshake = parse(Handshake, socket.handshake.auth)
      const guest = await guests.connect(handshake, await callers.byCookie(socket.request), address)
      const [tab, isBarred] = [handshake.tab ?? null, handshake.reader === true]
      const [inTurn, inRoomTurn] = [createSerialQueue(), createSerialQueue()]
      socket.data = { guest, since, address, host, tab, isBarred, activity: away.begin(), inTurn, inRoomTurn }
      inbound.entered(conn, guest.self?.role === 'owner')
      next()
    } catch (error) {
      const refusal = refusalOf(error)
      if (isPassing(refusal)) return endHandshake(conn, refusal.code, next)
      inbound.left(conn)
      next(connectError(refusal))
    }
  })

  namespace.on('connection', async (socket) => {
    socket.once('disconnect', () => inbound.left(socket.conn))
    if (ended.has(socket.data.guest.self?.id ?? '')) return void socket.disconnect(true)
    try {
      lifecycle.opened(socket)
      answer(socket)
      // A ban since the handshake's check has not found this connection.
      if (!(await endBanned(socket))) await welcome(socket)
    } catch (error) {
      inbound.close(socket.conn, refusalOf(error).code)
    }
  })

  let listsTold = 0
  signals.roomsChanged.subscribe(() => void listsTold++)

  async function welcome(socket: ChatSocket): Promise<void> {
    const { self, token, sessionId } = socket.data.guest
    if (sessionId) void socket.join(sessionRoom(sessionId))
    if (socket.data.isBarred) void socket.join(BARRED)
    const limits = { text: TEXT_MAX, nick: NICK_MAX, messages: rateOf(self) }
    let list: Room[]
    let before: number
    // Whoever has no welcome yet does not get the lists that are told meanwhile.
    do {
      before = listsTold
      list = await rooms.list(self)
    } while (listsTold !== before)
    socket.emit('welcome', { self, token, rooms: list, ...presence.list(), limits })
    void socket.join(WELCOMED)
    const notice = self && moderation.noticeFor(self.id)
    if (notice) socket.emit('notice', notice)
  }
}

/**
 * Whether the reason will pass without the client: a failing database, or too many connections of its address. Such a
 * handshake ends with the transport, because Socket.IO's client reconnects after that, and not after a refusal.
 */
function isPassing({ code, limit }: Refusal): boolean {
  return code === 'UNAVAILABLE' || limit === 'LIMIT_CONNECTIONS'
}

/** Socket.IO sends an error's `data` to the refused client. */
function connectError(refusal: Refusal): Error {
  return Object.assign(new Error(refusal.message), { data: refusal.toFailure() })
}
