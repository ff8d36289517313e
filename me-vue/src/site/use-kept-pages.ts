import { onMounted, watch } from 'vue'
import { useRoute } from 'vue-router'
import { keptPath } from '../worker/kept-documents.ts'
import { keepPage } from './kept-page.ts'

/**
 * Keeps the document of each page that opens without one being fetched, to be read without a network. The service worker
 * keeps those that the browser fetches itself, and opens all of them.
 */
export function useKeptPages(): void {
  const route = useRoute()

  function keep(): void {
    const path = keptPath(route.path)
    if (path) void keepPage(path)
  }

  onMounted(async () => {
    const { serviceWorker } = navigator
    if (!serviceWorker) return
    const isWorking = serviceWorker.controller !== null
    await serviceWorker.ready
    watch(() => route.path, keep, { immediate: !isWorking || route.path !== firstPath() })
  })
}

/** The path of the document that this page began with. */
const firstPath = () => new URL(performance.getEntriesByType('navigation')[0]?.name ?? location.href).pathname
