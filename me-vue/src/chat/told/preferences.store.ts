import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import { safeStorage } from '../browser-storage.ts'

/** How this reader wants to be told, beyond what is quiet; nothing unless asked for, the same in all tabs. */
export const usePreferences = defineStore('told-preferences', () => {
  const local = safeStorage(() => localStorage)
  const kept = shallowRef(local)
  addEventListener('storage', () => triggerRef(kept))

  const choice = (key: string) =>
    computed({
      get: () => kept.value.getItem(key) === 'on',
      set: (on: boolean) => {
        if (on) local.setItem(key, 'on')
        else local.removeItem(key)
        triggerRef(kept)
      },
    })
  return { sound: choice('me.chat.sound'), notification: choice('me.chat.notification') }
})
