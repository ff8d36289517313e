import { useEventListener } from '@vueuse/core'
import { computed, ref, watch, type WritableComputedRef } from 'vue'
import { browserStorage } from '../../platform/browser-storage.ts'
import { draftKey } from './draft-key.ts'

/** What is being written in a room; another room has another draft. It is the same in all tabs, and outlives them. */
export function useDraft(room: () => string, kind = 'draft'): WritableComputedRef<string> {
  const key = () => draftKey(room(), kind)
  const draft = ref(browserStorage.getItem(key()) ?? '')
  watch(room, () => (draft.value = browserStorage.getItem(key()) ?? ''))

  useEventListener(window, 'storage', ({ key: changed, oldValue, newValue }) => {
    // A tab follows while it shows what the other went on from; what was typed here meanwhile stays.
    if (changed === key() && draft.value === (oldValue ?? '')) draft.value = newValue ?? ''
  })

  // Only what is typed here is kept from here: a tab that follows a little late must not undo what was typed since.
  function set(text: string): void {
    draft.value = text
    if (text) browserStorage.setItem(key(), text)
    else browserStorage.removeItem(key())
  }

  return computed({ get: () => draft.value, set })
}
