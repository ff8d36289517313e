import type { Person } from '../../../contract/index.ts'
import type { ChatNamespace, ChatSocket } from './socket-types.ts'
import { createTabs } from './tabs.ts'
import type { Away } from '../../presence/away.ts'
import type { PresenceList } from '../../presence/presence.ts'
import type { Typing } from '../../presence/typing.ts'
import type { Guest } from '../../identity/guests.ts'
import type { Clock } from '../../../clock.ts'
import type { Interchange } from '../../../nodes/interchange.ts'
import type { Visitors } from '../../identity/visitors.ts'
import type { Signals } from '../../signals.ts'

type Parts = {
  namespace: ChatNamespace
  visitors: Pick<Visitors, 'opened' | 'closed'>
  presence: PresenceList
  away: Pick<Away, 'opened' | 'closed'>
  typing: Typing
  interchange: Interchange
  clock: Clock
  signals: Pick<Signals, 'renamed'>
  onOwnerSeen: (id: string) => void
}

/** Milliseconds for which a new nick is remembered: longer than a handshake may take. */
const REMEMBERED = 60_000

/** Updates nick holds, presence and typing when connections open, change and close. */
export function createConnectionLifecycle({
  namespace,
  visitors,
  presence,
  away,
  typing,
  interchange,
  clock,
  signals,
  onOwnerSeen,
}: Parts) {
  const tabs = createTabs({ interchange, clock })
  /** The people who got another nick a moment ago, and when. */
  const renamed = new Map<string, { self: Person; at: number }>()

  /** Returns a guest whose handshake began at `since`, with the nick they may have got during it, on any node. */
  function asNow({ guest, since }: ChatSocket['data']): Guest {
    const later = renamed.get(guest.self?.id ?? '')
    return later && later.at >= since ? { ...guest, self: later.self } : guest
  }

  function opened(socket: ChatSocket): void {
    const guest = asNow(socket.data)
    socket.data.guest = guest
    visitors.opened(guest.self)
    if (guest.self?.nick) presence.opened(guest.self)
    if (guest.self) away.opened(guest.self.id, socket.data.activity)
    noteOwner(guest)
    tabs.opened(socket)
    socket.on('disconnect', () => {
      const { self } = socket.data.guest
      if (self) away.closed(self.id, socket.data.activity)
      closed(socket.data.guest)
      tabs.closed(socket)
    })
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

  /** Returns a person's open connections. */
  function connectionsOf(personId: string): ChatSocket[] {
    return [...namespace.sockets.values()].filter(({ data }) => data.guest.self?.id === personId)
  }

  /** Applies a person's new nick to all of their connections. */
  function hasNick(self: Person): void {
    const entry = { self, at: clock.monotonic() }
    renamed.set(self.id, entry)
    clock.after(REMEMBERED, () => renamed.get(self.id) === entry && renamed.delete(self.id))
    for (const { data } of connectionsOf(self.id)) {
      const hadNick = data.guest.self?.nick
      data.guest = { ...data.guest, self }
      if (hadNick) presence.renamed(self)
      else presence.opened(self)
    }
  }

  return {
    /** The moment, for the beginning of a handshake. */
    moment: clock.monotonic,
    opened,
    connectionsOf,

    /**
     * Called when the connection's guest has changed: a reader has become a visitor, or a person has a new nick,
     * which then applies to all of their tabs.
     */
    renamed(socket: ChatSocket, guest: Guest): void {
      const { self } = guest
      if (!self) return
      if (!socket.data.guest.self) {
        // If the connection closed while the nick was given, its `disconnect` event is over, and nothing would
        // release the nick.
        if (!socket.connected) return
        visitors.opened(self)
        socket.data.guest = guest
        presence.opened(self)
        away.opened(self.id, socket.data.activity)
        return tabs.opened(socket)
      }
      signals.renamed.emit(self)
    },
    hasNick,
  }
}

export type ConnectionLifecycle = ReturnType<typeof createConnectionLifecycle>
