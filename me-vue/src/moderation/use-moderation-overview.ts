import type { ModerationOverview } from 'me-api/contract'
import { ref, shallowRef } from 'vue'
import { type ApiError, toShow } from '../api/http.ts'
import { readOverview } from '../chat/moderation/moderation.api.ts'

/** What the owner is shown, asked for again after each order. */
export function useOverview() {
  const overview = shallowRef<ModerationOverview>()
  const failure = ref<ApiError>()
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      const now = await readOverview()
      // Of two requests under way the later one is more recent.
      if (mine !== asked) return
      overview.value = now
      failure.value = undefined
    } catch (error) {
      failure.value = toShow(error)
    }
  }

  void load()
  return { overview, failure, load }
}
