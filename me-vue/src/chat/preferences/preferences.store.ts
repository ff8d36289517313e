import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import { browserStorage } from '../../platform/browser-storage.ts'

/** This reader's choices, the same in all tabs. Sound and notifications are off until they are chosen. */
export const usePreferences = defineStore('preferences', () => {
  const kept = shallowRef(browserStorage)
  addEventListener('storage', () => triggerRef(kept))

  const choice = (key: string, byDefault = false) =>
    computed({
      get: () => (kept.value.getItem(key) ?? (byDefault ? 'on' : 'off')) === 'on',
      set: (on: boolean) => {
        if (on === byDefault) browserStorage.removeItem(key)
        else browserStorage.setItem(key, on ? 'on' : 'off')
        triggerRef(kept)
      },
    })
  return {
    sound: choice('me.chat.sound'),
    notification: choice('me.chat.notification'),
    /** Whether `?` opens the keyboard help. */
    helpKey: choice('me.chat.help-key', true),
  }
})
