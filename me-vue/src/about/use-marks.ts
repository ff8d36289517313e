import { type Ref, computed, nextTick, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import type { PlacedTopic } from './use-passages.ts'

/** A mark beside the text, for all passages that begin near each other; `top` is in pixels from the top of the layer. */
export type Mark = { key: string; top: number; topics: readonly PlacedTopic[]; count: number }

/** Pixels between two marks: fewer with a mouse, and as much as a thumb needs. */
const APART = { fine: 26, coarse: 44 }

type Parts = {
  /** What the marks are placed in. */
  layer: Ref<HTMLElement | null>
  prose: () => HTMLElement | undefined
  placed: Ref<readonly PlacedTopic[]>
}

/** Places the marks beside the passages, and again whenever the text is laid out anew. */
export function useMarks({ layer, prose, placed }: Parts) {
  /** By the key of its topic, where a passage begins. */
  const tops = shallowRef<ReadonlyMap<string, number>>(new Map())

  function measure(): void {
    if (!layer.value) return
    const { top } = layer.value.getBoundingClientRect()
    tops.value = new Map(placed.value.map(({ key, range }) => [key, topOf(range) - top]))
  }
  watch(placed, () => void nextTick(measure), { immediate: true })
  const observer = new ResizeObserver(measure)
  onMounted(() => [prose(), layer.value].forEach((element) => element && observer.observe(element)))
  onBeforeUnmount(() => observer.disconnect())
  void document.fonts.ready.then(measure)

  const marks = computed(() => {
    const apart = matchMedia('(pointer: coarse)').matches ? APART.coarse : APART.fine
    const all: Mark[] = []
    for (const topic of placed.value) {
      const top = tops.value.get(topic.key)
      if (top === undefined) continue
      const last = all.at(-1)
      const count = topic.messages.length
      if (last && top - last.top < apart)
        all[all.length - 1] = { ...last, topics: [...last.topics, topic], count: last.count + count }
      else all.push({ key: topic.key, top, topics: [topic], count })
    }
    return all
  })

  return { marks }
}

/** Of its first line. */
function topOf(range: Range): number {
  const [first] = [...range.getClientRects()].filter(({ width }) => width > 0)
  return (first ?? range.getBoundingClientRect()).top
}
