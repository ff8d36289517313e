import { ref, watch, type Ref } from 'vue'
import { safeStorage } from './browser-storage.ts'

/** What is being written in a room; another room has another draft, and a reload keeps them. */
export function useDraft(room: () => string, kind = 'draft'): Ref<string> {
  const session = safeStorage(() => sessionStorage)
  const key = () => `me.chat.${kind}.${room()}`
  const draft = ref(session.getItem(key()) ?? '')
  watch(room, () => (draft.value = session.getItem(key()) ?? ''))
  watch(draft, (text) => (text ? session.setItem(key(), text) : session.removeItem(key())), { flush: 'sync' })
  return draft
}
