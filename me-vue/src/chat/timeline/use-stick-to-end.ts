import { useEventListener, useResizeObserver } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Pixels from the end that still count as being there. */
const NEAR = 40
/** Milliseconds for which a reader's wheel, finger or key keeps scrolling the box. */
const MOVING = 400

type Parts = {
  box: Ref<HTMLElement | null>
  /** What grows in the box. */
  content: () => HTMLElement | null
  /** Begins to bring the end into sight: it may take several jumps of the box, as rows are measured on the way. */
  scrollToEnd: () => void
  /** False for a stretch of history, which has no end to keep to. */
  sticks: boolean
}

/**
 * Keeps a scrolled box at its end while the reader is there, whatever grows in it or around it, and lets go
 * once the reader moves up.
 */
export function useStickToEnd({ box, content, scrollToEnd, sticks }: Parts) {
  const atEnd = ref(sticks)
  let [top, height, moved] = [0, 0, -Infinity]

  useEventListener(box, ['wheel', 'touchmove', 'keydown'], ({ timeStamp }) => (moved = timeStamp), {
    passive: true,
  })
  useEventListener(box, 'scroll', ({ timeStamp }) => {
    const { scrollTop, scrollHeight } = box.value!
    const byHand = timeStamp - moved < MOVING
    // Rows that turn out lower or higher than was thought move the box as well: that is not the reader leaving.
    const leaving = scrollTop < top && (byHand || scrollHeight === height)
    if (isNear() && !(leaving && byHand)) atEnd.value = true
    else if (leaving) atEnd.value = false
    else if (atEnd.value) toEnd()
    note()
  })
  /** Notes the position after a scroll that was not the reader's. */
  function look(): void {
    if (!box.value) return
    atEnd.value = isNear()
    note()
  }

  function isNear(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = box.value!
    return sticks && scrollHeight - scrollTop - clientHeight < NEAR
  }

  function note(): void {
    ;[top, height] = [box.value?.scrollTop ?? 0, box.value?.scrollHeight ?? 0]
  }

  useResizeObserver([box, content], () => {
    if (atEnd.value) toEnd()
  })

  function toEnd(): void {
    atEnd.value = true
    scrollToEnd()
  }

  return { atEnd, toEnd, look }
}
