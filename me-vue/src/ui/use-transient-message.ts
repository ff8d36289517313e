import { useTimeoutFn } from '@vueuse/core'
import { ref } from 'vue'

/** Milliseconds a word stands. */
const STANDS_FOR = 7_000

/** A word about what one has just tried; it goes by itself. */
export function useTransientMessage() {
  const word = ref('')
  const { start } = useTimeoutFn(() => (word.value = ''), STANDS_FOR, { immediate: false })
  function say(words: string): void {
    word.value = words
    start()
  }
  return { word, say }
}
