import type { Quote } from 'me-api/contract'
import { computed, onBeforeUnmount, onMounted, shallowRef, triggerRef, watchEffect } from 'vue'
import { readPassages } from './anchoring/ranges.ts'
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

  const placed = computed<PlacedTopic[]>(() =>
    topics()
      .flatMap((topic) => {
        const { quote } = topic
        const range = quote && passages.value?.find(quote)
        return quote && range ? [{ ...topic, quote, range }] : []
      })
      .toSorted((a, b) => a.range.compareBoundaryPoints(Range.START_TO_START, b.range)),
  )
  const rangesOf = (keys: readonly string[]) =>
    placed.value.filter(({ key }) => keys.includes(key)).map(({ range }) => range)

  watchEffect(() => highlight(TALKED_ABOUT, rangesOf(placed.value.map(({ key }) => key))))
  watchEffect(() => highlight(SHOWN, rangesOf(shown())))
  onBeforeUnmount(() => {
    observer.disconnect()
    for (const name of [TALKED_ABOUT, SHOWN]) highlight(name, [])
  })

  return {
    placed,
    selected: () => passages.value?.selected(getSelection()),
    /** Where topics of a page are not (any more). */
    isLost: ({ key, quote }: Topic) =>
      passages.value !== undefined && quote !== undefined && !placed.value.some((one) => one.key === key),
  }
}

/** Browsers without highlights show the marks in the margin alone. */
function highlight(name: string, ranges: Range[]): void {
  if (!('highlights' in CSS)) return
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges))
  else CSS.highlights.delete(name)
}
