import type { Presentation, PresentationInput } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { get, request, type ApiError } from '../api/http.ts'
import { usePresence } from '../presence/presence.store.ts'

/** Who lives here: asked for once, as the header and the home page both show it. */
export const usePresentation = defineStore('presentation', () => {
  const presentation = ref<Presentation>()
  const failure = ref<ApiError>()
  const name = computed(() => presentation.value?.name ?? '')

  async function load(): Promise<void> {
    failure.value = undefined
    try {
      presentation.value = await get<Presentation>('/api')
    } catch (error) {
      failure.value = error as ApiError
    }
  }

  function again(): void {
    if (failure.value) void load()
  }
  // The network is back, or the chat has found the server again.
  addEventListener('online', again)
  watch(() => usePresence().live, again)

  async function save(input: PresentationInput): Promise<Presentation> {
    return (presentation.value = await request<Presentation>('PUT', '/api', { body: input }))
  }

  return { presentation, name, failure, load, save }
})
