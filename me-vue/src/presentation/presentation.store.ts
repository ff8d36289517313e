import type { Presentation, PresentationInput } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { get, request, unlessKept, type ApiError } from '../api/http.ts'
import { isServer } from '../platform/is-server.ts'
import { browserStorage } from '../platform/browser-storage.ts'
import { usePresence } from '../presence/presence.store.ts'

const NAME = 'me.site-name'

/** The owner's presentation: fetched once, because the header and the home page both show it. */
export const usePresentation = defineStore('presentation', () => {
  const presentation = ref<Presentation>()
  const failure = ref<ApiError>()
  /** The name as last seen, for while the server does not answer. */
  const name = computed(() => presentation.value?.name ?? browserStorage.getItem(NAME) ?? '')

  /** Of all that the owner writes, the reports too; undefined until it is known. */
  const language = computed(() => presentation.value?.language)

  async function load(): Promise<void> {
    failure.value = undefined
    try {
      show(await get<Presentation>('/api'))
    } catch (error) {
      failure.value = await unlessKept(error)
    }
  }

  function again(): void {
    if (failure.value) void load()
  }
  // The network is back, or the chat has found the server again.
  if (!isServer) addEventListener('online', again)
  const presence = usePresence()
  watch(() => presence.live, again)

  async function save(input: PresentationInput): Promise<Presentation> {
    return show(await request<Presentation>('PUT', '/api', { body: input }))
  }

  function show(now: Presentation): Presentation {
    browserStorage.setItem(NAME, now.name)
    return (presentation.value = now)
  }

  return { presentation, name, language, failure, load, save, show }
})
