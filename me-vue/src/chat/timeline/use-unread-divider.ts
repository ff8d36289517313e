import { useDocumentVisibility } from '@vueuse/core'
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { countAfter, newestSeq, type MessageLog } from '../client/message-log.ts'
import { useReadMarkers } from '../preferences/read-markers.store.ts'

/** Where the unread messages begin: after which seq, and how many there are by others. */
export type UnreadSince = { after: number; count: number }

/** Where the messages begin that others wrote since the reader last saw the end; kept until the reader leaves again. */
export function useUnreadDivider(
  room: () => string,
  log: () => MessageLog,
  self: () => string | undefined,
  atEnd: Ref<boolean>,
): ShallowRef<UnreadSince | null> {
  const { upTo, mark } = useReadMarkers()
  const sight = useDocumentVisibility()
  const newSince = shallowRef<UnreadSince | null>(null)
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
    if (looking && atEnd.value) mark(room(), newestSeq(log()))
  }

  function comeBack(): void {
    looking = true
    const after = upTo(room())
    const count = after === null ? 0 : countAfter(log(), after, self())
    newSince.value = after !== null && count > 0 ? { after, count } : null
  }

  return newSince
}
