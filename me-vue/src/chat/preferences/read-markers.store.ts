import { defineStore } from 'pinia'
import { shallowRef, triggerRef } from 'vue'
import { safeStorage } from '../../platform/safe-storage.ts'

const KEY = 'me.chat.seen.'

/** How far each room has been read, by seq; kept between visits and the same in all tabs. */
export const useReadMarkers = defineStore('seen', () => {
  const local = safeStorage(() => localStorage)
  const kept = shallowRef(local)
  addEventListener('storage', ({ key }) => {
    if (key === null || key.startsWith(KEY)) triggerRef(kept)
  })

  /** Null where one has never been. */
  function upTo(room: string): number | null {
    const seq = kept.value.getItem(KEY + room)
    return seq === null ? null : Number(seq)
  }

  function mark(room: string, seq: number): void {
    if (String(seq) === local.getItem(KEY + room)) return
    local.setItem(KEY + room, String(seq))
    triggerRef(kept)
  }

  return { upTo, mark }
})
