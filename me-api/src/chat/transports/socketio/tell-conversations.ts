import { isPrivate, personIn } from '../../../contract/index.ts'
import type { Conversations } from '../../conversations/conversations.ts'
import type { Bus } from '../../log/bus.ts'
import type { Away } from '../../presence/away.ts'
import type { Signals } from '../../signals.ts'
import type { ReadRule } from '../../rooms/read-rule.ts'
import { WELCOMED, readersOf } from './socket-rooms.ts'
import type { ChatNamespace, ChatSocket } from './socket-types.ts'

type Parts = {
  namespace: ChatNamespace
  conversations: Pick<Conversations, 'stateFor' | 'read'>
  bus: Pick<Bus, 'subscribe'>
  signals: Pick<Signals, 'conversationChanged'>
  away: Pick<Away, 'isIdle'>
  mayRead: ReadRule
  onFault: (error: unknown) => void
}

type Of = 'owner' | 'person' | 'both'

/**
 * Tells the two people of a private conversation that it has changed and what is unread, and notes what they have read:
 * what comes while one of them is in the room with a tab in use. An open but unused tab reads nothing.
 */
export function tellConversations({ namespace, conversations, bus, signals, away, mayRead, onFault }: Parts) {
  /** What is still to be told of each conversation, while that is under way: one telling covers all changes before it. */
  const due = new Map<string, Set<Of>>()

  const isInUse = (socket: ChatSocket): boolean => !away.isIdle(socket.data.activity)

  /** Returns the welcomed connections of the two, by person. */
  function connectionsOf(room: string, of: Of): Map<string, ChatSocket[]> {
    const person = personIn(room)
    const sockets = [...namespace.sockets.values()].filter(({ data: { guest }, rooms }) => {
      const { self } = guest
      if (!self || !rooms.has(WELCOMED) || (self.role !== 'owner' && self.id !== person)) return false
      const isOwner = self.role === 'owner'
      return mayRead(self, room) && (of === 'both' || (of === 'owner') === isOwner)
    })
    return Map.groupBy(sockets, ({ data }) => data.guest.self?.id ?? '')
  }

  function changed(room: string, of: Of): void {
    const waiting = due.get(room)
    if (waiting) return void waiting.add(of)
    const all = new Set([of])
    due.set(room, all)
    void tellUntilDone(room, all)
  }

  async function tellUntilDone(room: string, all: Set<Of>): Promise<void> {
    try {
      while (all.size > 0) {
        const of = all.size > 1 ? 'both' : [...all][0]!
        all.clear()
        await tell(room, of)
      }
    } catch (error) {
      onFault(error)
    } finally {
      due.delete(room)
    }
  }

  async function tell(room: string, of: Of): Promise<void> {
    for (const sockets of connectionsOf(room, of).values()) {
      const self = sockets[0]!.data.guest.self!
      const reading = sockets.some((socket) => socket.rooms.has(readersOf(room)) && isInUse(socket))
      if (reading) await conversations.read(self, room)
      const state = await conversations.stateFor(self, room)
      if (state) sockets.forEach((socket) => socket.emit('conversation:changed', { room, ...state }))
    }
  }

  bus.subscribe(({ room }) => {
    if (isPrivate(room)) changed(room, 'both')
  })
  signals.conversationChanged.subscribe(({ room, of, isGone }) => {
    if (!isGone) return changed(room, of)
    for (const sockets of connectionsOf(room, of).values())
      sockets.forEach((socket) => socket.emit('conversation:changed', { room, unread: 0, gone: true }))
  })

  /** A connection in use has entered a conversation: its person has read what is there. */
  async function entered({ data }: ChatSocket, room: string): Promise<void> {
    const { self } = data.guest
    if (isPrivate(room) && self && !away.isIdle(data.activity)) await conversations.read(self, room)
  }

  return {
    entered,

    /** A connection that was idle is in use again. Never throws. */
    async isInUse(socket: ChatSocket): Promise<void> {
      try {
        for (const name of socket.rooms) {
          const room = roomOfReaders(name)
          if (room !== null) await entered(socket, room)
        }
      } catch (error) {
        onFault(error)
      }
    },
  }
}

export type ConversationsTold = ReturnType<typeof tellConversations>

/** Returns the chat's room of whose readers this is the Socket.IO room; null for any other. */
const roomOfReaders = (name: string): string | null => {
  const prefix = readersOf('')
  return name.startsWith(prefix) ? name.slice(prefix.length) : null
}
