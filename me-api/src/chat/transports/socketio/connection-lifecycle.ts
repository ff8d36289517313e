import type { ChatNamespace, ChatSocket } from './socket-types.ts'
import type { PresenceList } from '../../presence/presence.ts'
import type { Typing } from '../../presence/typing.ts'
import type { Guest } from '../../identity/guests.ts'
import type { Visitors } from '../../identity/visitors.ts'

type Parts = {
  namespace: ChatNamespace
  visitors: Pick<Visitors, 'opened' | 'closed'>
  presence: PresenceList
  typing: Typing
  onOwnerSeen: (id: string) => void
}

/** Follows connections as they open, change and close: whose nick is held, who is here, who is writing. */
export function createConnectionLifecycle({ namespace, visitors, presence, typing, onOwnerSeen }: Parts) {
  /** The connection of each identity's tab: its next one replaces it, so that a half-open one is no ghost. */
  const byTab = new Map<string, ChatSocket>()

  function opened(socket: ChatSocket): void {
    const { guest } = socket.data
    visitors.opened(guest.self)
    if (guest.self?.nick) presence.opened(guest.self)
    noteOwner(guest)
    takePlace(socket)
    socket.on('disconnect', () => {
      closed(socket.data.guest)
      const place = placeOf(socket)
      if (place && byTab.get(place) === socket) byTab.delete(place)
    })
  }

  /** From now on this is the connection of its identity's tab. */
  function takePlace(socket: ChatSocket): void {
    const place = placeOf(socket)
    if (!place) return
    const former = byTab.get(place)
    byTab.set(place, socket)
    if (former !== socket) former?.disconnect(true)
  }

  function closed(guest: Guest): void {
    visitors.closed(guest.self)
    if (guest.self?.nick) presence.closed(guest.self.id)
    if (guest.self) typing.gone(guest.self)
    noteOwner(guest)
  }

  function noteOwner({ self }: Guest): void {
    if (self?.role === 'owner') onOwnerSeen(self.id)
  }

  /** The open connections of somebody. */
  function connectionsOf(personId: string): ChatSocket[] {
    return [...namespace.sockets.values()].filter(({ data }) => data.guest.self?.id === personId)
  }

  return {
    opened,
    connectionsOf,

    /**
     * The connection's guest has become another: a reader a visitor, or the same one under another nick, which is then
     * the nick of all their tabs.
     */
    renamed(socket: ChatSocket, guest: Guest): void {
      const { self } = guest
      if (!self) return
      if (!socket.data.guest.self) {
        // Who left while the nick was given to them would never leave again.
        if (!socket.connected) return
        visitors.opened(self)
        socket.data.guest = guest
        presence.opened(self)
        return takePlace(socket)
      }
      for (const { data } of connectionsOf(self.id)) {
        const hadNick = data.guest.self?.nick
        data.guest = { ...data.guest, self }
        if (hadNick) presence.renamed(self)
        else presence.opened(self)
      }
    },
  }
}

export type ConnectionLifecycle = ReturnType<typeof createConnectionLifecycle>

/** Where an identity's tab is, for those who have named theirs. */
function placeOf({ data: { guest, tab } }: ChatSocket): string | null {
  return guest.self && tab ? `${guest.self.id} ${tab}` : null
}
