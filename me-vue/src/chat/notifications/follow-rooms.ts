import type { Change, Room } from 'me-api/contract'
import type { ChatSocket } from '../../api/socket.ts'

type Parts = {
  socket: Pick<ChatSocket, 'on' | 'emit'>
  /** The cursor in a room, as far as this tab has heard of it. */
  cursorOf: (room: string) => number | null
  /** Called before a room is entered for the first time since `welcome`. */
  onFollow: (room: Room) => void
  onChange: (change: Change) => void
}

/**
 * Enters the rooms that are not shown too, each from its cursor. Asking the server for all rooms now and then would be
 * late by its interval and cost a request each time; entering costs one, then nothing until somebody writes there, and
 * a mention arrives from any room.
 */
export function createRoomFollower({ socket, cursorOf, onFollow, onChange }: Parts) {
  const followed = new Set<string>()
  socket.on('welcome', () => followed.clear())
  socket.on('room:changed', onChange)

  /** The room shown is entered by the chat client itself. */
  return (rooms: readonly Room[], shown: string): void => {
    followed.delete(shown)
    for (const room of rooms) if (room.name !== shown && !followed.has(room.name)) follow(room)
  }

  function follow(room: Room): void {
    followed.add(room.name)
    onFollow(room)
    socket.emit('room:enter', { room: room.name, after: cursorOf(room.name) }, (answer) => {
      if (answer.ok) onChange(answer.data)
      else followed.delete(room.name)
    })
  }
}
