import type { Room } from '../../../contract/index.ts'
import type { PresenceList } from '../../presence/presence.ts'
import type { Rooms } from '../../rooms/rooms.ts'
import type { Signals } from '../../signals.ts'
import type { ConnectionLifecycle } from './connection-lifecycle.ts'
import type { EndBanned } from './end-banned.ts'
import type { InboundPackets } from './inbound-packets.ts'
import { BARRED, WELCOMED, readersOf } from './socket-rooms.ts'
import type { ChatNamespace } from './socket-types.ts'

type Parts = {
  namespace: ChatNamespace
  signals: Signals
  rooms: Pick<Rooms, 'readable'>
  endBanned: EndBanned
  lifecycle: Pick<ConnectionLifecycle, 'connectionsOf' | 'hasNick'>
  presence: Pick<PresenceList, 'gone'>
  inbound: Pick<InboundPackets, 'close'>
  onFault: (error: unknown) => void
}

/** Sends the chat's signals to the connections that they concern. */
export function tellConnections(parts: Parts): void {
  const { namespace, signals, rooms, endBanned, lifecycle, presence, inbound, onFault } = parts
  signals.roomRemoved.subscribe((room) => namespace.in(readersOf(room)).socketsLeave(readersOf(room)))
  signals.roomsChanged.subscribe(tellRooms)
  signals.presenceChanged.subscribe((change) => namespace.to(WELCOMED).emit('presence:changed', change))
  signals.typingChanged.subscribe((change) =>
    namespace.to(readersOf(change.room)).emit('typing:changed', change),
  )
  signals.notice.subscribe(({ personId, notice }) =>
    lifecycle.connectionsOf(personId).forEach((socket) => socket.emit('notice', notice)),
  )
  signals.banNotice.subscribe((notice) => namespace.to(BARRED).emit('notice', notice))
  signals.personBanned.subscribe(closeAll)
  signals.identityEnded.subscribe((id) => {
    closeAll(id)
    presence.gone(id)
  })
  signals.renamed.subscribe(lifecycle.hasNick)
  signals.nicksLost.subscribe((visitorIds) => {
    for (const { conn, data } of namespace.sockets.values())
      if (data.guest.self?.nick && visitorIds.has(data.guest.self.id)) inbound.close(conn, 'NICK_TAKEN')
  })
  signals.addressesBanned.subscribe(closeWhereAddressesAreBanned)

  function closeAll(personId: string): void {
    lifecycle.connectionsOf(personId).forEach((socket) => socket.disconnect(true))
  }

  /** Sends the list of rooms; encodes it once if everybody may read the same rooms. */
  function tellRooms(all: Room[]): void {
    const sockets = [...namespace.sockets.values()].filter((socket) => socket.rooms.has(WELCOMED))
    const lists = new Map(sockets.map((socket) => [socket, rooms.readable(socket.data.guest.self, all)]))
    if ([...lists.values()].every(({ length }) => length === all.length))
      namespace.to(WELCOMED).emit('room:updated', { rooms: all })
    else for (const [socket, rooms] of lists) socket.emit('room:updated', { rooms })
  }

  /** Closes the connections of visitors whom the ban of their address covers. */
  async function closeWhereAddressesAreBanned(): Promise<void> {
    for (const socket of namespace.sockets.values())
      if (socket.data.guest.self?.role === 'visitor') await endBanned(socket).catch(onFault)
  }
}
