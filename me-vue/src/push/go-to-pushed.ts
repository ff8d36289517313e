import type { Router } from 'vue-router'
import type { GoTo } from '../worker/go-to.ts'

/** A notification was pressed while this tab shows another page: the service worker says where to go. */
export function goToPushed(router: Router): void {
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<Partial<GoTo> | null>) => {
    if (typeof data?.goTo === 'string') void router.push(data.goTo)
  })
}
