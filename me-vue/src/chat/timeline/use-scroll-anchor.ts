import { nextTick, ref, watch, type Ref } from 'vue'
import type { TimelineItem } from './timeline-items.ts'

type Parts = {
  items: () => readonly TimelineItem[]
  /** How many of the items are the reader's own and not yet stored. */
  onTheirWay: () => number
  toEnd: () => void
  /** Lines came or went. */
  onGrown: () => void
}

/** Follows the log as it grows: the reader's own message scrolls to the end. True while items are added in front. */
export function useScrollAnchor({ items, onTheirWay, toEnd, onGrown }: Parts): Ref<boolean> {
  /** True for the list only in the render that adds items at the start. */
  const prepended = ref(false)
  watch(items, (now, before) => {
    const [first, was] = [now[0]?.seq ?? Infinity, before[0]?.seq ?? 0]
    prepended.value = first < was && now.length > before.length
    if (first > was) toEnd()
    void nextTick(onGrown)
  })
  watch(onTheirWay, (now, before) => {
    if (now > before) void nextTick(toEnd)
  })
  return prepended
}
