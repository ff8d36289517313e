import type { Quote } from 'me-api/contract'
import { computed, onBeforeUnmount, onMounted, shallowRef, triggerRef, watch, watchEffect } from 'vue'
import { type Passages, readPassages } from './anchoring/ranges.ts'
import { inStretches } from './in-stretches.ts'
import type { Topic } from './talk.ts'

/** A topic whose passage is on the page, and where. */
export type PlacedTopic = Topic & { quote: Quote; range: Range }

/** The names of the highlights in CSS (CSS Custom Highlight API): every passage, and those that are shown now. */
const TALKED_ABOUT = 'talked-about'
const SHOWN = 'talked-about-now'

type Parts = {
  prose: () => HTMLElement | undefined
  topics: () => readonly Topic[]
  /** The keys of the topics that are shown now. */
  shown: () => readonly string[]
}

/** Finds the passages that topics are about in the prose of the page, and highlights them without a change to it. */
export function usePassages({ prose, topics, shown }: Parts) {
  const element = shallowRef<HTMLElement>()
  const passages = computed(() => element.value && readPassages(element.value))

  /** The prose as it is now; again whenever something in it has moved. */
  function look(): void {
    element.value = prose()
    triggerRef(element)
  }
  const observer = new MutationObserver(look)
  onMounted(() => {
    look()
    if (element.value)
      observer.observe(element.value, { childList: true, characterData: true, subtree: true })
  })

  const placed = shallowRef<readonly PlacedTopic[]>([])
  const placedKeys = computed(() => new Set(placed.value.map(({ key }) => key)))
  /** The keys of the topics that were looked for in vain. */
  const lost = shallowRef<ReadonlySet<string>>(new Set())
  let searches = 0

  /** Strangers choose the passages, and one that is not there takes milliseconds to look for. */
  async function place(now: Passages | undefined, all: readonly Topic[]): Promise<void> {
    const search = ++searches
    const found: PlacedTopic[] = []
    const missing = new Set<string>()
    const show = () => (placed.value = found.toSorted(byPlace))
    const isWhole = await inStretches({
      items: now ? all : [],
      work(topic) {
        const { quote } = topic
        const range = quote && now?.find(quote)
        if (quote && range) found.push({ ...topic, quote, range })
        else if (quote) missing.add(topic.key)
      },
      goesOn() {
        if (search !== searches) return false
        if (found.length > placed.value.length) show()
        return true
      },
    })
    if (!isWhole || search !== searches) return
    lost.value = missing
    show()
  }
  watch([passages, topics] as const, ([now, all]) => void place(now, all), { immediate: true })

  watchEffect(() =>
    highlight(
      TALKED_ABOUT,
      placed.value.map(({ range }) => range),
    ),
  )
  watchEffect(() => {
    const keys = new Set(shown())
    highlight(
      SHOWN,
      placed.value.filter(({ key }) => keys.has(key)).map(({ range }) => range),
    )
  })
  onBeforeUnmount(() => {
    searches++
    observer.disconnect()
    for (const name of [TALKED_ABOUT, SHOWN]) highlight(name, [])
  })

  return {
    placed,
    selected: () => passages.value?.selected(getSelection()),
    isPlaced: ({ key }: Topic) => placedKeys.value.has(key),
    /** Whether a topic's passage was looked for, and is not on the page (any more). */
    isLost: ({ key }: Topic) => lost.value.has(key),
  }
}

const byPlace = (a: PlacedTopic, b: PlacedTopic) =>
  a.range.compareBoundaryPoints(Range.START_TO_START, b.range)

/** Browsers without highlights show the marks in the margin alone. */
function highlight(name: string, ranges: Range[]): void {
  if (!('highlights' in CSS)) return
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges))
  else CSS.highlights.delete(name)
}
