import { onBeforeUnmount, onMounted } from 'vue'
import { usePresence } from './presence.store.ts'

/** Milliseconds between two looks at who is there, while the page is in sight. */
const interval = 30_000

export function usePresenceRefresh(): void {
  const presence = usePresence()
  let timer: number | undefined
  let looked = 0

  function look() {
    looked = Date.now()
    void presence.refresh()
  }
  function keepWatch() {
    clearInterval(timer)
    if (document.hidden) return
    if (Date.now() - looked >= interval) look()
    timer = window.setInterval(look, interval)
  }

  onMounted(() => {
    keepWatch()
    document.addEventListener('visibilitychange', keepWatch)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', keepWatch)
  })
}
