import { useMounted } from '@vueuse/core'
import { ref, shallowRef } from 'vue'
import { type ApiError, toShow } from '../../api/http.ts'

/** Asks the server on the reader's wish, one question at a time; without script there is nobody to ask (`canAsk`). */
export function useAsk<T>(question: () => Promise<T>) {
  const answer = shallowRef<T>()
  const failure = ref<ApiError>()
  const busy = ref(false)

  async function ask(): Promise<void> {
    if (busy.value) return
    busy.value = true
    failure.value = undefined
    try {
      answer.value = await question()
    } catch (error) {
      failure.value = toShow(error)
    } finally {
      busy.value = false
    }
  }

  return { answer, failure, busy, ask, canAsk: useMounted() }
}
