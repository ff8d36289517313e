import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { useChat } from '../chat.store.ts'

/** Since when the connection has been live, and how often it had to come back. */
export const useConnectionHistory = defineStore('connection-history', () => {
  const chat = useChat()
  /** Milliseconds since 1970; undefined while it is not live. */
  const liveSince = ref<number>()
  const reconnects = ref(-1)

  watch(
    () => chat.connection.is === 'live',
    (live) => {
      liveSince.value = live ? Date.now() : undefined
      if (live) reconnects.value++
    },
    { immediate: true },
  )

  return { liveSince, reconnects }
})
