import { useEventListener } from '@vueuse/core'
import type { Quote } from 'me-api/contract'
import { type Ref, onBeforeUnmount, onMounted, shallowRef } from 'vue'

/** Milliseconds without a change after which a selection is taken for finished. */
const FINISHED_AFTER = 200

type Parts = {
  layer: Ref<HTMLElement | null>
  selected: () => { quote: Quote; range: Range } | undefined
}

/** What the reader has selected of the prose, and in pixels where in the layer it ends. */
export type SelectedPassage = { quote: Quote; top: number; left: number }

/** Follows what is selected of the page's prose, with a mouse, a finger or the keyboard. */
export function useSelectedPassage({ layer, selected }: Parts) {
  const passage = shallowRef<SelectedPassage>()

  function look(): void {
    const now = selected()
    const last = now && [...now.range.getClientRects()].findLast(({ width }) => width > 0)
    const box = layer.value?.getBoundingClientRect()
    passage.value = last &&
      box && { quote: now.quote, top: last.bottom - box.top, left: last.right - box.left }
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  useEventListener(document, 'selectionchange', () => {
    clearTimeout(timer)
    timer = setTimeout(look, FINISHED_AFTER)
  })
  // It may have been selected before this was loaded.
  onMounted(look)
  onBeforeUnmount(() => clearTimeout(timer))

  return { passage, look }
}
