import type { Page, Reader } from './reader.ts'

/** Milliseconds until the next attempt: at first, and at most. Each failure doubles them. */
const AGAIN = [2_000, 60_000] as const

/** Plain WebSocket: one connection, JSON in its frames, and all that Socket.IO does besides is done here. */
export function readByWebSocket(page: Page & { WebSocket: typeof WebSocket }): Reader {
  const { room, WebSocket, onOpen, onMessages, onLost } = page
  let cursor = page.after
  let wait: number = AGAIN[0]
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    const address = new URL('/api/chat/socket?reader=true', location.href)
    address.protocol = address.protocol.replace('http', 'ws')
    const mine = (socket = new WebSocket(address))
    let isOpen = false
    mine.addEventListener('open', () => {
      isOpen = true
      wait = AGAIN[0]
      mine.send(JSON.stringify({ event: 'room:enter', data: { room, after: cursor }, ack: 1 }))
    })
    mine.addEventListener('message', ({ data: text }) => {
      const { event, ack, data } = JSON.parse(text)
      if (ack === 1 && !data.ok) return mine.close()
      if (ack === 1) onOpen(cursor)
      const change = ack === 1 ? data.data : event === 'room:changed' && data
      if (!change) return
      onMessages(change.messages)
      cursor = change.to
    })
    mine.addEventListener('close', () => {
      if (socket !== mine) return
      onLost(isOpen ? undefined : 'refused')
      timer = setTimeout(open, wait)
      wait = Math.min(2 * wait, AGAIN[1])
    })
  }
  function close(): void {
    const mine = socket
    socket = undefined
    clearTimeout(timer)
    mine?.close()
  }
  return { open, close }
}
