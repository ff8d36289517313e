import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { countAfter, newestSeq, type MessageLog } from '../client/message-log.ts'

/** How many messages of others have come in below while the reader is further up. */
export function useNewBelow(
  log: () => MessageLog,
  self: () => string | undefined,
  atEnd: Ref<boolean>,
): ComputedRef<number> {
  const seen = ref(0)
  watch(
    [log, atEnd],
    () => {
      if (atEnd.value) seen.value = newestSeq(log())
    },
    { immediate: true },
  )
  return computed(() => (atEnd.value ? 0 : countAfter(log(), seen.value, self())))
}
