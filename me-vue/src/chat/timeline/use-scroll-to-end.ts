import { useEventListener } from '@vueuse/core'
import type { VirtualizerHandle } from 'virtua/vue'
import { onMounted, type Ref } from 'vue'

/** Pixels to scroll beyond the last item: more than the box's padding there. */
const BELOW_LAST = 100

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
  /** Whether the list still scrolls to the end: it scrolls again whenever it has measured a row there. */
  let isOnItsWay = false
  let isReaderScrolling = false
  let isWanted = false

  useEventListener(box, 'scroll', () => {
    if (!isAtEnd()) isReaderScrolling = true
  })

  // The list has no call that stops it, so it would pull back a reader who scrolls up meanwhile.
  onMounted(() => {
    const element = box.value!
    const jump = element.scrollTo.bind(element) as (options: unknown) => void
    element.scrollTo = (options: unknown) => {
      if (isAtEnd() || !isOnItsWay) jump(options)
    }
  })

  function scrollToEnd(): void {
    isWanted = isReaderScrolling
    if (isWanted) return
    isOnItsWay = true
    list()?.scrollToIndex(lastIndex(), { align: 'end', offset: BELOW_LAST })
  }

  return {
    scrollToEnd,

    /** Called when the list scrolls to another place. */
    sentElsewhere(): void {
      isOnItsWay = isWanted = false
    },

    /** Called when the list reports that scrolling has ended. */
    scrollEnded(): void {
      isReaderScrolling = false
      if (isWanted && isAtEnd()) scrollToEnd()
    },
  }
}
