import { nextTick, ref, watch, type Ref } from 'vue'
import type { TimelineItem } from './timeline-items.ts'

type Parts = {
  items: () => readonly TimelineItem[]
  /** How many of the items are one's own and on their way. */
  onTheirWay: () => number
  toEnd: () => void
  /** Lines came or went. */
  onGrown: () => void
}

/** How the log grows: one's own words bring one to the end. True while items come in front. */
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
