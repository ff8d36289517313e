import { useEventListener, useResizeObserver } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Pixels from the end that still count as being there. */
const NEAR = 40

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
  let top = 0

  useEventListener(box, 'scroll', () => {
    const { scrollTop, scrollHeight, clientHeight } = box.value!
    if (sticks && scrollHeight - scrollTop - clientHeight < NEAR) atEnd.value = true
    else if (scrollTop < top) atEnd.value = false
    top = scrollTop
  })
  /** Where one is, after something other than the reader's own scrolling. */
  function look(): void {
    if (!box.value) return
    const { scrollTop, scrollHeight, clientHeight } = box.value
    atEnd.value = sticks && scrollHeight - scrollTop - clientHeight < NEAR
    top = scrollTop
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
