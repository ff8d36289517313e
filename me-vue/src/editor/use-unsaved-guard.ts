import { useEventListener } from '@vueuse/core'
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router'

/** Asks before unsaved words are left behind: in our own dialog within the site, in the browser's beyond it. */
export function useUnsavedGuard(dirty: () => boolean, mayLeave: () => Promise<boolean>): void {
  // The draft waits in sessionStorage while one signs in again.
  const guard = (to: RouteLocationNormalized) => !dirty() || to.name === 'sign-in' || mayLeave()
  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate(guard)
  useEventListener(window, 'beforeunload', (event: BeforeUnloadEvent) => {
    if (dirty()) event.preventDefault()
  })
}
