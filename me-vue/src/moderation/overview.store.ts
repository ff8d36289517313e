import type { ModerationOverview } from 'me-api/contract'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { readOverview } from '../chat/moderation/moderation.api.ts'

/** The owner's overview as last read, for the list of people: presence does not say who is muted or banned. */
export const useModeration = defineStore('moderation', () => {
  const overview = shallowRef<ModerationOverview>()
  let asked = 0

  /** What could not be read now is read the next time. */
  async function look(): Promise<void> {
    const mine = ++asked
    const now = await readOverview().catch(() => undefined)
    // Of two requests under way the later one is more recent.
    if (now && mine === asked) overview.value = now
  }

  return {
    look,
    sanctioned: computed(() => new Map(overview.value?.people.map((person) => [person.id, person]))),
    /** How many reported messages wait. */
    waiting: computed(() => overview.value?.reports.length ?? 0),
  }
})
