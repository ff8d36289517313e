import type { Presentation, PresentationInput } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { get, request, type ApiError } from '../api/http.ts'

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

  async function save(input: PresentationInput): Promise<Presentation> {
    return (presentation.value = await request<Presentation>('PUT', '/api', { body: input }))
  }

  return { presentation, name, failure, load, save }
})
