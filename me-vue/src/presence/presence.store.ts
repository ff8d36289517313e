import type { Presence } from 'me-api/contract'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { get } from '../api/http.ts'

/** Who is in the chat, for everything outside it: the header's windows, the lamp, the invitation on the home page. */
export const usePresence = defineStore('presence', () => {
  /** People in the chat; `undefined` until it is known. */
  const total = ref<number>()
  const ownerHere = ref(false)
  /** The reader is in the chat and counted in `total`; false where this tab cannot know. */
  const selfHere = ref(false)
  /** The open chat learns of everybody at once and writes here itself, so that no request is needed. */
  const live = ref(false)
  /** What is unread in the chat's rooms, and whether one of these messages mentions the reader. */
  const unread = ref(0)
  const mentioned = ref(false)
  /** The chat has been opened in this tab, and counts what is unread. */
  const chatCounts = ref(false)

  function set(now: { total?: number; ownerHere: boolean; selfHere?: boolean }): void {
    total.value = now.total
    ownerHere.value = now.ownerHere
    selfHere.value = now.selfHere ?? false
  }

  async function refresh(): Promise<void> {
    if (live.value) return
    try {
      const { total, owner } = await get<Presence>('/api/chat/presence')
      if (!live.value) set({ total, ownerHere: owner.here })
    } catch {
      // Who is there is not known any more: no window may stay lit.
      if (!live.value) set({ ownerHere: false })
    }
  }

  return { total, ownerHere, selfHere, live, unread, mentioned, chatCounts, set, refresh }
})
