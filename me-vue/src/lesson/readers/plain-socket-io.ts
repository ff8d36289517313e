import type { io, Socket } from 'socket.io-client'
import type { Page, Reader } from './reader.ts'

/** Socket.IO without a log, as its introduction shows it: who is not connected when something is said never gets it. */
export function readByPlainSocketIo(page: Page & { io: typeof io }): Reader {
  const { io, onOpen, onMessages, onLost } = page
  let socket: Socket | undefined

  function open(): void {
    socket = io('/lesson')
    socket.on('connect', () => onOpen())
    socket.on('message', (message) => onMessages([message]))
    socket.on('disconnect', () => onLost())
    socket.on('connect_error', () => onLost())
  }
  return { open, close: () => void socket?.disconnect() }
}
