import { nextTick, ref, watch, type Ref } from 'vue'
import type { TimelineItem } from './timeline-items.ts'

type Parts = {
  lines: () => readonly TimelineItem[]
  /** How many of the lines are one's own and on their way. */
  onTheirWay: () => number
  toEnd: () => void
  /** Lines came or went. */
  onGrown: () => void
}

/** How the log grows: one's own words bring one to the end. True while lines come in front. */
export function useScrollAnchor({ lines, onTheirWay, toEnd, onGrown }: Parts): Ref<boolean> {
  /** Told to the list in the very render that puts lines in front, and in no other. */
  const prepended = ref(false)
  watch(lines, (now, before) => {
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
