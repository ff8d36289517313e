import type { Page, Reader } from './reader.ts'

/** Milliseconds after which a request without an answer is one that waits, and those until a failed one is repeated. */
const HELD = 1_000
const AGAIN = 3_000

/** Long polling: asks what has changed after its cursor, and the server answers when something has. */
export function readByLongPolling(page: Page & { fetch: typeof fetch }): Reader {
  const { room, fetch, onOpen, onMessages, onLost } = page
  let cursor = page.after
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = new AbortController()

  async function ask(): Promise<void> {
    const { signal } = stop
    let wait = 0
    timer = setTimeout(() => onOpen(cursor), HELD)
    try {
      const answer = await fetch(`/api/chat/rooms/${room}/changes?after=${cursor}&wait=25`, { signal })
      if (!answer.ok) throw new Error(answer.statusText)
      const { data: change } = await answer.json()
      onOpen(cursor)
      onMessages(change.messages)
      cursor = change.to
    } catch {
      wait = AGAIN
      if (!signal.aborted) onLost()
    }
    clearTimeout(timer)
    if (!signal.aborted) timer = setTimeout(ask, wait)
  }

  function open(): void {
    stop = new AbortController()
    void ask()
  }
  function close(): void {
    stop.abort()
    clearTimeout(timer)
  }
  return { open, close }
}
