import { useEventListener } from '@vueuse/core'
import { onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import { trustedScriptUrl } from '../platform/trusted-script-url.ts'

/** Milliseconds between two checks for a new version while the page is visible. */
const ASK_EVERY = 30 * 60_000

/**
 * Registers the service worker, and knows when the server has a newer version than this tab runs. Nothing reloads by
 * itself: what is being written may be half a sentence. `partsLost` counts the parts of this page that did not come:
 * they may be gone because the server is newer.
 */
export function useNewVersion(partsLost: () => number): { waiting: Ref<boolean>; reload: () => void } {
  const waiting = ref(false)
  const registration = shallowRef<ServiceWorkerRegistration>()
  let askedAt = Date.now()
  let reloading = false

  onMounted(async () => {
    // A browser may forbid it, and in a private window it often does.
    registration.value = await navigator.serviceWorker
      ?.register(trustedScriptUrl('/sw.js'))
      .catch(() => undefined)
    if (registration.value) follow(registration.value)
  })

  function follow(known: ServiceWorkerRegistration): void {
    const { serviceWorker } = navigator
    let controlled = serviceWorker.controller !== null
    waiting.value ||= controlled && known.waiting !== null
    known.addEventListener('updatefound', () => {
      const coming = known.installing
      coming?.addEventListener('statechange', () => {
        if (coming.state === 'installed' && controlled) waiting.value = true
      })
    })
    serviceWorker.addEventListener('controllerchange', () => {
      if (reloading) location.reload()
      // Another tab has taken the new version; the very first version replaces none.
      else if (controlled) waiting.value = true
      controlled = true
    })
  }

  useEventListener(document, 'visibilitychange', () => {
    if (document.hidden || Date.now() - askedAt < ASK_EVERY) return
    askedAt = Date.now()
    void registration.value?.update().catch(() => undefined)
  })

  watch(
    partsLost,
    async (lost) => {
      if (lost && (await serverIsNewer())) waiting.value = true
    },
    { immediate: true },
  )

  function reload(): void {
    const next = registration.value?.waiting
    if (!next) return location.reload()
    reloading = true
    next.postMessage('take over')
  }

  return { waiting, reload }
}

/** Whether the server's document names another first script than the one running here. */
async function serverIsNewer(): Promise<boolean> {
  const script = document.querySelector('script[type="module"]')?.getAttribute('src')
  try {
    const answer = await fetch('/', { cache: 'no-store' })
    return answer.ok && script !== null && script !== undefined && !(await answer.text()).includes(script)
  } catch {
    return false
  }
}
