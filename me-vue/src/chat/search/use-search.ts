import type { SearchHit, SearchPage } from 'me-api/contract'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiError, get } from '../../api/http.ts'
import { queryOf } from './highlight-hits.ts'

/** Milliseconds without a key before the server is asked. */
const PAUSE = 250
/** Hits in an answer. */
const PAGE = 20

/** Search has its own texts for two refusals: too many requests, and too many terms. */
const refusals: Record<string, 'tooFast' | 'tooMany'> = { RATE_LIMITED: 'tooFast', INVALID: 'tooMany' }

/** Searches a room while the query is typed; only the answer to the last query counts. */
export function useSearch(room: () => string) {
  const written = ref('')
  const hits = shallowRef<readonly SearchHit[]>([])
  const more = shallowRef(false)
  const state = shallowRef<'idle' | 'searching' | 'found' | 'failed' | 'tooFast' | 'tooMany'>('idle')
  const query = computed(() => queryOf(written.value))
  let asking = new AbortController()
  let pause: ReturnType<typeof setTimeout> | undefined
  /** Where the last question went on from. */
  let from: number | undefined

  watch([query, room], ([wanted]) => {
    abandon()
    from = undefined
    more.value = false
    state.value = wanted === '' ? 'idle' : 'searching'
    if (wanted === '') hits.value = []
    else pause = setTimeout(ask, PAUSE)
  })
  onScopeDispose(abandon)

  function abandon(): void {
    clearTimeout(pause)
    asking.abort()
  }

  async function ask(): Promise<void> {
    abandon()
    if (query.value === '') return
    const { signal } = (asking = new AbortController())
    state.value = 'searching'
    try {
      const page = await get<SearchPage>(address(), signal)
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

  function address(): string {
    const asked = new URLSearchParams({ q: query.value, room: room(), limit: String(PAGE) })
    if (from !== undefined) asked.set('before', String(from))
    return `/api/chat/search?${asked}`
  }

  function older(): Promise<void> {
    from = hits.value.at(-1)?.seq
    return ask()
  }

  return { written, hits, more, state, ask, older }
}
