import { onBeforeUnmount, onMounted } from 'vue'
import { usePresence } from './presence.store.ts'

/** Milliseconds between two looks at who is there, while the page is in sight. */
const interval = 30_000

export function usePresenceRefresh(): void {
  const presence = usePresence()
  let timer: number | undefined
  let looked = 0
  const unmounted = new AbortController()
  const here = { signal: unmounted.signal }

  function look() {
    looked = Date.now()
    void presence.refresh()
  }
  /** Who is there is not known any more. The browser may be wrong about its network: the next look shows what is true. */
  const forget = () => presence.set({ ownerHere: false })
  function keepWatch() {
    clearInterval(timer)
    if (document.hidden) return
    if (Date.now() - looked >= interval) look()
    timer = window.setInterval(look, interval)
  }

  onMounted(() => {
    keepWatch()
    document.addEventListener('visibilitychange', keepWatch, here)
    addEventListener('online', look, here)
    addEventListener('offline', forget, here)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    unmounted.abort()
  })
}
