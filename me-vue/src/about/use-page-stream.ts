import { useEventListener } from '@vueuse/core'
import type { AboutChange, Message, Readers } from 'me-api/contract'
import { onBeforeUnmount, ref, watch } from 'vue'

/** Milliseconds after which a stream that was refused is asked for again; the browser itself repeats one that broke off. */
const AGAIN_AFTER = 30_000

type Parts = {
  path: string
  /** Whether this reader is counted. */
  isCounted: () => boolean
  /** What was said has to be read: the stream is open, also again, or cannot be opened. */
  onRead: () => void
  onChanged: (messages: readonly Message[]) => void
}

/** Follows what is said about a page, and how many read it, while the page is in sight. */
export function usePageStream({ path, isCounted, onRead, onChanged }: Parts) {
  /** How many read the page, undefined where it is not known. */
  const readers = ref<number>()
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    close()
    // Over HTTP/1.1 a browser has six connections for all tabs: those that nobody looks at leave theirs to others.
    if (document.hidden) return
    const query = new URLSearchParams({ path, count: isCounted() ? '1' : '0' })
    const opened = (source = new EventSource(`/api/chat/about/stream?${query}`))
    let isTold = false
    opened.addEventListener('open', () => {
      isTold = true
      onRead()
    })
    opened.addEventListener('about:changed', ({ data }) =>
      onChanged((JSON.parse(data) as AboutChange).messages),
    )
    opened.addEventListener('readers', ({ data }) => (readers.value = (JSON.parse(data) as Readers).count))
    opened.addEventListener('error', () => {
      readers.value = undefined
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_AFTER)
      if (!isTold) onRead()
      isTold = true
    })
  }

  function close(): void {
    clearTimeout(timer)
    source?.close()
    source = readers.value = undefined
  }

  watch(isCounted, open, { immediate: true })
  useEventListener(document, 'visibilitychange', open)
  useEventListener('online', open)
  onBeforeUnmount(close)

  return { readers }
}
