import type { Page, Reader } from './reader.ts'

/** Milliseconds until a new stream is opened where the server has answered with an error. */
const AGAIN = 3_000

/** Server-Sent Events: one answer that does not end. The browser comes back by itself, with the id of the last event. */
export function readBySse(page: Page & { EventSource: typeof EventSource }): Reader {
  const { room, EventSource, onOpen, onMessages, onLost } = page
  let cursor = page.after
  let stream: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    const mine = (stream = new EventSource(`/api/chat/rooms/${room}/stream?after=${cursor}`))
    mine.addEventListener('open', () => onOpen(cursor))
    mine.addEventListener('room:changed', ({ data }) => {
      const change = JSON.parse(data)
      onMessages(change.messages)
      cursor = change.to
    })
    mine.addEventListener('error', () => {
      onLost()
      if (mine.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN)
    })
  }
  function close(): void {
    clearTimeout(timer)
    stream?.close()
  }
  return { open, close }
}
