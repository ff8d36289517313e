import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Pixels of the page that an on-screen keyboard covers: iOS lays it over the page, others make the page smaller. */
export function useKeyboardInset(): Ref<number> {
  const inset = ref(0)
  const { visualViewport } = window
  useEventListener(visualViewport, ['resize', 'scroll'], () => {
    if (!visualViewport) return
    const { scale, height, offsetTop } = visualViewport
    inset.value = scale === 1 ? Math.max(0, Math.round(innerHeight - height - offsetTop)) : 0
  })
  return inset
}
