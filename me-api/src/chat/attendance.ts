import type { ChatSocket } from './chat.sockets.ts'
import type { PresenceList } from './presence.ts'
import type { Typing } from './typing.ts'
import type { Guest, Visitors } from './visitors.ts'

type Parts = {
  visitors: Visitors
  presence: PresenceList
  typing: Typing
  onOwnerSeen: (id: string) => void
}

/** Follows connections as they open, change and close: whose nick is held, who is here, who is writing. */
export function createAttendance({ visitors, presence, typing, onOwnerSeen }: Parts) {
  /** The connection of each identity's tab: its next one replaces it, so that a half-open one is no ghost. */
  const byTab = new Map<string, ChatSocket>()

  function opened(socket: ChatSocket): void {
    const { guest, tab } = socket.data
    visitors.opened(guest)
    if (guest.self?.nick) presence.opened(guest.self)
    noteOwner(guest)
    const place = guest.self && tab ? `${guest.self.id} ${tab}` : null
    if (place) {
      byTab.get(place)?.disconnect(true)
      byTab.set(place, socket)
    }
    socket.on('disconnect', () => {
      closed(socket.data.guest)
      if (place && byTab.get(place) === socket) byTab.delete(place)
    })
  }

  function closed(guest: Guest): void {
    visitors.closed(guest)
    if (guest.self?.nick) presence.closed(guest.self.id)
    if (guest.self) typing.gone(guest.self)
    noteOwner(guest)
  }

  function noteOwner({ self }: Guest): void {
    if (self?.role === 'owner') onOwnerSeen(self.id)
  }

  return {
    opened,

    /** The connection's guest has become another: a reader a visitor, or the same one under another nick. */
    renamed(socket: ChatSocket, guest: Guest): void {
      const former = socket.data.guest
      socket.data.guest = guest
      if (!former.self) visitors.opened(guest)
      if (!guest.self) return
      if (former.self?.nick) presence.renamed(guest.self)
      else presence.opened(guest.self)
    },
  }
}

export type Attendance = ReturnType<typeof createAttendance>
