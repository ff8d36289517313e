import { useEventListener } from '@vueuse/core'
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router'

/** Asks before unsaved text is left: in the site's own dialog within the site, in the browser's beyond it. */
export function useUnsavedGuard(dirty: () => boolean, mayLeave: () => Promise<boolean>): void {
  // The draft stays in sessionStorage while the owner signs in again.
  const guard = (to: RouteLocationNormalized) => !dirty() || to.name === 'sign-in' || mayLeave()
  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate(guard)
  useEventListener(window, 'beforeunload', (event: BeforeUnloadEvent) => {
    if (dirty()) event.preventDefault()
  })
}
