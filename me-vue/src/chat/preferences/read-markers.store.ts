import { defineStore } from 'pinia'
import { shallowRef, triggerRef } from 'vue'
import { browserStorage } from '../../platform/browser-storage.ts'
import { SEEN, readUpTo } from './read-up-to.ts'

/** How far each room has been read, by seq; kept between visits and the same in all tabs. */
export const useReadMarkers = defineStore('read-markers', () => {
  const kept = shallowRef(browserStorage)
  addEventListener('storage', ({ key }) => {
    if (key === null || key.startsWith(SEEN)) triggerRef(kept)
  })

  /** Null for a room that this browser has never opened. */
  function upTo(room: string): number | null {
    return kept.value && readUpTo(room)
  }

  function mark(room: string, seq: number): void {
    if (String(seq) === browserStorage.getItem(SEEN + room)) return
    browserStorage.setItem(SEEN + room, String(seq))
    triggerRef(kept)
  }

  return { upTo, mark }
})
