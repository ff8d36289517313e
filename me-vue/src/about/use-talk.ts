import type { AboutPage, Message } from 'me-api/contract'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { type ApiError, get, toShow } from '../api/http.ts'
import { topicsOf, withChanges } from './talk.ts'
import { usePageStream } from './use-page-stream.ts'

/** Messages in one answer, and all that are read of a page: beyond, the oldest are left to the chat. */
const LIMIT = 200
const READ_MAX = 1_000

/** What is said about a page, live, sorted by passages. */
export function useTalk(path: string, isCounted: () => boolean) {
  const known = shallowRef<ReadonlyMap<string, Message>>(new Map())
  const failure = ref<ApiError>()
  /** Whether it is known what was said. */
  const isRead = ref(false)
  /** What has changed since the reading began that is under way. */
  let changed: Message[] = []
  let underway = new AbortController()

  async function read(): Promise<void> {
    underway.abort()
    const { signal } = (underway = new AbortController())
    changed = []
    try {
      const all = await readAll(signal)
      known.value = withChanges(withChanges(new Map(), all), changed)
      isRead.value = true
      failure.value = undefined
    } catch (error) {
      if (!signal.aborted) failure.value = toShow(error)
    }
  }

  async function readAll(signal: AbortSignal): Promise<Message[]> {
    const all: Message[] = []
    let page: AboutPage | undefined
    do {
      const query = new URLSearchParams({ path, limit: String(LIMIT) })
      const oldest = page?.messages.at(-1)
      if (oldest) query.set('before', oldest.id)
      page = await get<AboutPage>(`/api/chat/about?${query}`, signal)
      all.push(...page.messages)
    } while (page.more && all.length < READ_MAX)
    return all
  }

  /** Adds what has become known of messages about this page. */
  function learn(messages: readonly Message[]): void {
    changed.push(...messages)
    known.value = withChanges(known.value, messages)
  }

  const { readers } = usePageStream({ path, isCounted, onRead: () => void read(), onChanged: learn })
  onScopeDispose(() => underway.abort())

  return { known, topics: computed(() => topicsOf(known.value)), readers, failure, isRead, read, learn }
}
