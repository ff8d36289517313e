import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import { safeStorage } from '../../platform/safe-storage.ts'

/** How this reader wants to be told, beyond what is quiet; nothing unless asked for, the same in all tabs. */
export const usePreferences = defineStore('told-preferences', () => {
  const local = safeStorage(() => localStorage)
  const kept = shallowRef(local)
  addEventListener('storage', () => triggerRef(kept))

  const choice = (key: string, unlessSaid = false) =>
    computed({
      get: () => (kept.value.getItem(key) ?? (unlessSaid ? 'on' : 'off')) === 'on',
      set: (on: boolean) => {
        if (on === unlessSaid) local.removeItem(key)
        else local.setItem(key, on ? 'on' : 'off')
        triggerRef(kept)
      },
    })
  return {
    sound: choice('me.chat.sound'),
    notification: choice('me.chat.notification'),
    /** Whether `?` opens what there is to know about keys. */
    helpKey: choice('me.chat.help-key', true),
  }
})
