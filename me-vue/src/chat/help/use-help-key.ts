import { useEventListener } from '@vueuse/core'
import { usePreferences } from '../preferences/preferences.store.ts'

/** Calls on `?` anywhere in the chat outside a field, unless the reader has turned that off. */
export function useHelpKey(open: () => void): void {
  const preferences = usePreferences()

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    const { key, target, ctrlKey, metaKey, altKey } = event
    if (key !== '?' || ctrlKey || metaKey || altKey || !preferences.helpKey) return
    if ((target as Element).closest?.('input, textarea, select, [contenteditable]')) return
    if (document.querySelector('dialog[open]')) return
    event.preventDefault()
    open()
  })
}
