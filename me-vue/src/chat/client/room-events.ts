import type { Person, Room, Welcome } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import type { ConnectionKeeper } from './connection.ts'
import type { CurrentRoom } from './current-room.ts'
import { applyPresence } from './presence-list.ts'
import type { Self } from './self.ts'
import type { TypingIndicator } from './typing-indicator.ts'

type Parts = {
  socket: Pick<ChatSocket, 'on'>
  self: Self
  connection: ConnectionKeeper
  room: CurrentRoom
  /** The rooms, as far as they are known before there is a connection. */
  known: readonly Room[]
  typing: TypingIndicator
  onWelcome: (welcome: Welcome) => void
  endSanction: () => void
}

/** Gives each of the server's events to the part it is about, and keeps who is here and which rooms there are. */
export function listenToRoomEvents({
  socket,
  self,
  connection,
  room,
  known,
  typing,
  onWelcome,
  endSanction,
}: Parts) {
  const people = shallowRef<readonly Person[]>([])
  const total = shallowRef(0)
  const rooms = shallowRef(known)

  socket.on('welcome', (welcome) => {
    rooms.value = welcome.rooms
    people.value = welcome.people
    total.value = welcome.total
    onWelcome(welcome)
  })
  socket.on('room:changed', room.receive)
  socket.on('room:updated', (update) => {
    rooms.value = update.rooms
    room.checkAmong(update.rooms)
  })
  socket.on('presence:changed', (change) => {
    people.value = applyPresence(people.value, change)
    total.value = change.total
    self.updateFrom(change.joined)
  })
  socket.on('typing:changed', (change) => {
    if (change.room === room.name.value) typing.writers.value = change.nicks
  })
  socket.on('notice', (notice) => {
    const { code, retryAfter } = notice
    if (code === 'RESTARTING') connection.expectRestart(retryAfter ?? 1)
    if (code === 'SLOW_DOWN') connection.slowDown(notice)
    if (code === 'MUTED') self.setSanction(code, notice)
    if (code === 'BANNED' && !retryAfter) endSanction()
  })

  return { people, total, rooms }
}
