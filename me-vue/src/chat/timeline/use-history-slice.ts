import type { HistoryPage } from 'me-api/contract'
import { computed, shallowRef, watch } from 'vue'
import { HISTORY_LIMIT } from 'me-api/contract/limits'
import { usePageData } from '../../page-data.store.ts'
import { fetchHistory } from '../client/fetch-history.ts'
import { isBegunAnew, type MessageLog } from '../client/message-log.ts'
import {
  asOf,
  beforeAround,
  beforeNewer,
  type HistorySlice,
  historyAround,
  withNewer,
  withOlder,
} from './history-slice.ts'

type Parts = { room: () => string; seq: () => number; live: () => MessageLog }

/** Fetches a room's history around a message, and on from there both ways as it is scrolled. */
export function useHistorySlice({ room, seq, live }: Parts) {
  const page = usePageData()
  const past = shallowRef<HistorySlice | null>(null)
  const state = shallowRef<'idle' | 'loading' | 'failed' | 'gone'>('idle')
  let latest: object

  watch(
    [room, seq],
    () => {
      past.value = given()
      if (past.value) return
      // The document has found out already.
      if (page.data?.isThere === false) state.value = 'gone'
      else void look()
    },
    { immediate: true },
  )
  // The room's log has begun anew: what was changed in between it cannot tell.
  watch(live, (now, before) => past.value && isBegunAnew(now, before) && void look())

  /** What came with the document. */
  function given(): HistorySlice | null {
    const around = page.data?.chat?.around
    if (around?.messages[0]?.room !== room()) return null
    return historyAround(seq(), around, seq() + HISTORY_LIMIT / 2 + 1)
  }

  function look(): Promise<void> {
    return load(beforeAround(seq()), (page) => {
      const found = historyAround(seq(), page)
      if (!found) state.value = 'gone'
      return found
    })
  }

  function older(): void {
    const [first] = past.value?.messages ?? []
    if (first && past.value?.older) void extend(first.seq, withOlder)
  }

  async function newer(): Promise<void> {
    if (past.value?.newer) await extend(beforeNewer(past.value), withNewer)
    // The next scrolling tries again.
    if (state.value === 'failed') state.value = 'idle'
  }

  function extend(before: number, put: typeof withOlder): Promise<void> | undefined {
    const from = past.value
    if (from && state.value !== 'loading') return load(before, (page) => put(from, page))
  }

  async function load(before: number, use: (page: HistoryPage) => HistorySlice | null): Promise<void> {
    const mine = (latest = {})
    state.value = 'loading'
    try {
      const page = await fetchHistory(room(), before)
      if (latest !== mine) return
      state.value = 'idle'
      past.value = use(page)
    } catch {
      if (latest === mine) state.value = 'failed'
    }
  }

  return {
    log: computed(() => past.value && asOf(live(), past.value)),
    state,
    older,
    newer,
    tryAgain: () => (past.value ? older() : void look()),
  }
}
