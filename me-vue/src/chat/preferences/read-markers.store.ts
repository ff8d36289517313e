import { defineStore } from 'pinia'
import { shallowRef, triggerRef } from 'vue'
import { browserStorage } from '../../platform/browser-storage.ts'

const KEY = 'me.chat.seen.'

/** How far each room has been read, by seq; kept between visits and the same in all tabs. */
export const useReadMarkers = defineStore('read-markers', () => {
  const kept = shallowRef(browserStorage)
  addEventListener('storage', ({ key }) => {
    if (key === null || key.startsWith(KEY)) triggerRef(kept)
  })

  /** Null for a room that this browser has never opened. */
  function upTo(room: string): number | null {
    const seq = kept.value.getItem(KEY + room)
    return seq === null ? null : Number(seq)
  }

  function mark(room: string, seq: number): void {
    if (String(seq) === browserStorage.getItem(KEY + room)) return
    browserStorage.setItem(KEY + room, String(seq))
    triggerRef(kept)
  }

  return { upTo, mark }
})
