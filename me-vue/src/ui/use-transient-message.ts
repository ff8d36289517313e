import { useTimeoutFn } from '@vueuse/core'
import { ref } from 'vue'

/** Milliseconds for which the text is shown. */
const SHOWN_FOR = 7_000

/** A short text about the last action, which disappears by itself. */
export function useTransientMessage() {
  const status = ref('')
  const { start } = useTimeoutFn(() => (status.value = ''), SHOWN_FOR, { immediate: false })
  function show(text: string): void {
    status.value = text
    start()
  }
  return { status, show }
}
