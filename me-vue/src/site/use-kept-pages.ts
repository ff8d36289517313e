import { onMounted, watch } from 'vue'
import { useRoute } from 'vue-router'

/**
 * Keeps the document of each page that opens without one being fetched, to be read without a network. The service worker
 * keeps those that the browser fetches itself, and opens all of them.
 */
export function useKeptPages(): void {
  const route = useRoute()
  onMounted(async () => {
    const { serviceWorker } = navigator
    if (!serviceWorker) return
    const isWorking = serviceWorker.controller !== null
    await serviceWorker.ready
    const { keepPage } = await import('./load-kept-note.ts')
    watch(() => route.path, keepPage, { immediate: !isWorking || route.path !== firstPath() })
  })
}

/** The path of the document that this page began with. */
const firstPath = () => new URL(performance.getEntriesByType('navigation')[0]?.name ?? location.href).pathname
