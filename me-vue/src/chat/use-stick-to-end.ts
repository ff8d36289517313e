import { useEventListener, useResizeObserver } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Pixels from the end that still count as being there. */
const NEAR = 40
/** Milliseconds for which what the reader did with wheel, finger or key goes on moving the box. */
const MOVING = 400

/**
 * Keeps a scrolled box at its end while the reader is there, whatever grows in it or around it, and lets go
 * once the reader moves up. `content` is what grows. A stretch of history `sticks` to nothing.
 */
export function useStickToEnd(
  box: Ref<HTMLElement | null>,
  content: () => HTMLElement | null,
  sticks = true,
) {
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
  /** Where one is, after something other than the reader's own scrolling. */
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
    box.value?.scrollTo({ top: box.value.scrollHeight })
  }

  return { atEnd, toEnd, look }
}
