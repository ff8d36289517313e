import type { Change } from 'me-api/contract'
import type { io, Socket } from 'socket.io-client'
import type { Page, Reader } from './reader.ts'

/** Socket.IO with the room's log: the library connects and comes back, and the cursor brings what was missed. */
export function readBySocketIo(page: Page & { io: typeof io }): Reader {
  const { room, io, onOpen, onMessages, onLost } = page
  let cursor = page.after
  let socket: Socket | undefined

  function take({ messages, to }: Change): void {
    onMessages(messages)
    cursor = to
  }

  function open(): void {
    const mine = (socket = io('/chat', { auth: { reader: true } }))
    mine.on('connect', () =>
      mine.emit('room:enter', { room, after: cursor }, (answer: { ok: boolean; data: Change }) => {
        // The library comes back to a transport that was closed.
        if (!answer.ok) return mine.io.engine.close()
        onOpen(cursor)
        take(answer.data)
      }),
    )
    mine.on('room:changed', take)
    mine.on('disconnect', () => onLost())
    mine.on('connect_error', () => onLost())
  }
  return { open, close: () => void socket?.disconnect() }
}
