import { useEventListener } from '@vueuse/core'
import type { VirtualizerHandle } from 'virtua/vue'
import { nextTick, onMounted, type Ref } from 'vue'
import { isInSight } from './in-sight.ts'

/** Pixels to scroll beyond the last item, as no other scroll of the list goes. */
const BELOW_LAST = 1_000_000_000

type Parts = {
  box: Ref<HTMLElement | null>
  list: () => VirtualizerHandle | null
  lastIndex: () => number
  /** Whether the reader is at the end, or has asked to go there. */
  isAtEnd: () => boolean
}

/**
 * Scrolls a virtual list to its end by the list's own call. A direct change of the box's `scrollTop` looks to the list as
 * if the reader scrolls, and on iOS the list corrects its estimated heights only after the reader has stopped: it would
 * look for rows where there are none, and draw nothing.
 */
export function useScrollToEnd({ box, list, lastIndex, isAtEnd }: Parts) {
  let isReaderScrolling = false
  let isWanted = false

  useEventListener(box, 'scroll', () => {
    if (!isAtEnd()) isReaderScrolling = true
  })

  // The list scrolls on whenever it has measured a row at the end, and has no call that stops it: it would pull back a
  // reader who scrolls up meanwhile. Its corrections for rows that turn out higher or lower must go through. What it asks
  // for on the way to the end is BELOW_LAST, more or less by the heights of the rows.
  onMounted(() => {
    const element = box.value!
    const jump = element.scrollTo.bind(element) as (options: ScrollToOptions) => void
    element.scrollTo = ((options: ScrollToOptions) => {
      if (isAtEnd() || options.top! < BELOW_LAST / 2) jump(options)
    }) as typeof element.scrollTo
  })

  function scrollToEnd(): void {
    isWanted = isReaderScrolling
    if (isWanted) return
    list()?.scrollToIndex(lastIndex(), { align: 'end', offset: BELOW_LAST })
  }

  /**
   * On iOS the list corrects its place when scrolling has ended. Where the box is at its top or end, a correction may move
   * nothing, and without a scroll the list does not notice that it has drawn for the place before.
   */
  async function drawAgain(): Promise<void> {
    await nextTick()
    const element = box.value
    if (!element || [...element.querySelectorAll('article')].some((row) => isInSight(element, row))) return
    element.scrollTop += element.scrollTop > 0 ? -1 : 1
  }

  return {
    scrollToEnd,

    /** Called when the list scrolls to another place. */
    sentElsewhere(): void {
      isWanted = false
    },

    /** Called when the list reports that scrolling has ended. */
    scrollEnded(): void {
      isReaderScrolling = false
      if (isWanted && isAtEnd()) scrollToEnd()
      void drawAgain()
    },
  }
}
