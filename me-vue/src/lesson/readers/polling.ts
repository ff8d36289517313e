import type { Page, Reader } from './reader.ts'

/** Milliseconds between two questions. */
const EVERY = 2_000

/** Polling: asks every two seconds what has changed after its cursor. */
export function readByPolling(page: Page & { fetch: typeof fetch }): Reader {
  const { room, fetch, onOpen, onMessages, onLost } = page
  let cursor = page.after
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = new AbortController()

  async function ask(): Promise<void> {
    const { signal } = stop
    let isMore = false
    try {
      const answer = await fetch(`/api/chat/rooms/${room}/changes?after=${cursor}`, { signal })
      if (!answer.ok) throw new Error(answer.statusText)
      const { data: change } = await answer.json()
      onOpen(cursor)
      onMessages(change.messages)
      cursor = change.to
      isMore = change.more
    } catch {
      if (!signal.aborted) onLost()
    }
    if (!signal.aborted) timer = setTimeout(ask, isMore ? 0 : EVERY)
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
