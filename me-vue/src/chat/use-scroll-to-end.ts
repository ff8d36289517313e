import { useEventListener } from '@vueuse/core'
import type { VirtualizerHandle } from 'virtua/vue'
import { onMounted, type Ref } from 'vue'

/** Pixels to scroll beyond the last line: more than the box's padding there. */
const BELOW_LAST = 100

type Parts = {
  box: Ref<HTMLElement | null>
  list: () => VirtualizerHandle | null
  lastIndex: () => number
  /** Whether the reader is at the end, or wants to be. */
  isAtEnd: () => boolean
}

/**
 * Brings the end of a virtual list into sight by the list's own call. The list takes a jump of the box for the reader's
 * scrolling, and while the reader scrolls on iOS it puts off correcting the heights it has guessed: after such a jump it
 * looks for the end where nothing is, and draws nothing.
 */
export function useScrollToEnd({ box, list, lastIndex, isAtEnd }: Parts) {
  /** The list is on its way to the end: it jumps again whenever it has measured a row there. */
  let isOnItsWay = false
  let isReaderScrolling = false
  let isWanted = false

  useEventListener(box, 'scroll', () => {
    if (!isAtEnd()) isReaderScrolling = true
  })

  // The list has no call that stops it, so that a reader who moves up meanwhile would be fetched back.
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

    /** The list has been sent elsewhere. */
    sentElsewhere(): void {
      isOnItsWay = isWanted = false
    },

    /** The list says that nothing scrolls any more. */
    scrollEnded(): void {
      isReaderScrolling = false
      if (isWanted && isAtEnd()) scrollToEnd()
    },
  }
}
