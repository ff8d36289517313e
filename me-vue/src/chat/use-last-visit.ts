import { useDocumentVisibility } from '@vueuse/core'
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { safeStorage } from './browser-storage.ts'
import { countAfter, newestSeq, type MessageLog } from './message-log.ts'

/** Where the new begins: after which seq, and how many messages of others those are. */
export type NewSince = { after: number; count: number }

/** What others wrote since the reader last looked at this room's end; it stands until they look away again. */
export function useLastVisit(
  room: () => string,
  log: () => MessageLog,
  self: () => string | undefined,
  atEnd: Ref<boolean>,
): ShallowRef<NewSince | null> {
  const local = safeStorage(() => localStorage)
  const key = () => `me.chat.seen.${room()}`
  const sight = useDocumentVisibility()
  const newSince = shallowRef<NewSince | null>(null)
  let looking = false

  watch(room, () => {
    looking = false
    newSince.value = null
  })
  watch([log, atEnd, sight], look, { immediate: true })

  function look(): void {
    if (log().cursor === null) return
    if (sight.value === 'hidden') looking = false
    else if (!looking) comeBack()
    if (looking && atEnd.value) local.setItem(key(), String(newestSeq(log())))
  }

  function comeBack(): void {
    looking = true
    const seen = local.getItem(key())
    const count = seen === null ? 0 : countAfter(log(), Number(seen), self())
    newSince.value = count > 0 ? { after: Number(seen), count } : null
  }

  return newSince
}
