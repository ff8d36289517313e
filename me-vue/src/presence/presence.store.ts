import type { Presence } from 'me-api/contract'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { get } from '../api/http.ts'

/** Who is in the chat, for everything outside it: the header's windows, the lamp, the door on the home page. */
export const usePresence = defineStore('presence', () => {
  /** People in the chat; `undefined` until it is known. */
  const total = ref<number>()
  const ownerHere = ref(false)
  /** The open chat learns of everybody at once and writes here itself, so that no request is needed. */
  const live = ref(false)
  /** Messages the open chat holds for its reader who looks elsewhere. */
  const unread = ref(0)

  function set(now: { total: number; ownerHere: boolean }): void {
    total.value = now.total
    ownerHere.value = now.ownerHere
  }

  async function refresh(): Promise<void> {
    if (live.value) return
    try {
      const { total, owner } = await get<Presence>('/api/chat/presence')
      if (!live.value) set({ total, ownerHere: owner.here })
    } catch {
      // The windows keep their last state: nobody opened this page to read about an error there.
    }
  }

  return { total, ownerHere, live, unread, set, refresh }
})
