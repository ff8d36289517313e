import type { SearchHit, SearchPage } from 'me-api/contract'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiError } from '../../api/http.ts'
import { getInRoom } from '../client/get-in-room.ts'
import { isBegunAnew, newestState, type MessageLog } from '../client/message-log.ts'
import { queryOf } from './highlight-hits.ts'

/** Milliseconds without a key before the server is asked. */
const PAUSE = 250
/** The server answers no longer query, and a much longer one would be no address any more. */
const QUERY_MAX = 200
/** Hits in an answer, and at most. */
const PAGE = 20
const PAGE_MAX = 200

/** Search has its own texts for two refusals: too many requests, and too many terms. */
const refusals: Record<string, 'tooFast' | 'tooMany'> = { RATE_LIMITED: 'tooFast', INVALID: 'tooMany' }

/**
 * Searches a room while the query is typed; only the answer to the last query counts. What is found follows the
 * room's log: deleted messages go, and for edited ones the server is asked again.
 */
export function useSearch(room: () => string, live: () => MessageLog) {
  const written = ref('')
  const hits = shallowRef<readonly SearchHit[]>([])
  const more = shallowRef(false)
  const state = shallowRef<'idle' | 'searching' | 'found' | 'failed' | 'tooFast' | 'tooMany'>('idle')
  const query = computed(() => queryOf(written.value))
  const current = computed(() => hits.value.filter((hit) => newestState(live(), hit).text === hit.text))
  let asking = new AbortController()
  let pause: ReturnType<typeof setTimeout> | undefined
  /** The seq below which the last request searched; undefined for the newest hits. */
  let from: number | undefined

  watch([query, room], ([wanted]) => {
    abandon()
    from = undefined
    more.value = false
    state.value = wanted === '' ? 'idle' : 'searching'
    if (wanted === '') hits.value = []
    else pause = setTimeout(ask, PAUSE)
  })
  watch(live, (now, before) => {
    const isEdited = (hit: SearchHit) => ![hit.text, ''].includes(newestState(now, hit).text)
    if (hits.value.some(isEdited) || (hits.value.length > 0 && isBegunAnew(now, before))) askAgain()
  })
  onScopeDispose(abandon)

  function abandon(): void {
    clearTimeout(pause)
    asking.abort()
  }

  async function ask(): Promise<void> {
    abandon()
    if (query.value === '') return
    if (query.value.length > QUERY_MAX) {
      hits.value = []
      state.value = 'tooMany'
      return
    }
    state.value = 'searching'
    await fetchHits(PAGE)
  }

  /** Fetches as many hits as are shown again, without showing that it does. */
  function askAgain(): void {
    abandon()
    from = undefined
    pause = setTimeout(fetchHits, PAUSE, Math.min(PAGE_MAX, Math.max(PAGE, hits.value.length)))
  }

  async function fetchHits(limit: number): Promise<void> {
    const { signal } = (asking = new AbortController())
    try {
      const page = await getInRoom<SearchPage>(room(), address(limit), signal)
      if (signal.aborted) return
      hits.value = from === undefined ? page.messages : [...hits.value, ...page.messages]
      more.value = page.more
      state.value = 'found'
    } catch (error) {
      if (signal.aborted) return
      // The hits on the page answer another query.
      if (from === undefined) hits.value = []
      state.value = (error instanceof ApiError && refusals[error.code]) || 'failed'
    }
  }

  function address(limit: number): string {
    const asked = new URLSearchParams({ q: query.value, room: room(), limit: String(limit) })
    if (from !== undefined) asked.set('before', String(from))
    return `/api/chat/search?${asked}`
  }

  function older(): Promise<void> {
    from = hits.value.at(-1)?.seq
    return ask()
  }

  return { written, hits: current, more, state, ask, older }
}
