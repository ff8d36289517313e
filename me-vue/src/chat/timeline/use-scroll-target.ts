import { useEventListener } from '@vueuse/core'
import { nextTick, watch, type Ref } from 'vue'
import { isInSight } from './in-sight.ts'

type Align = 'nearest' | 'center' | 'start'
type Parts = {
  box: Ref<HTMLElement | null>
  items: () => readonly { id: string }[]
  /** The offset is in pixels. */
  scrollTo: (index: number, align: Align, offset: number) => void
}

/**
 * Brings the reader to an item, and again where older ones come in above it meanwhile: the virtual list goes on to the
 * index that it was told, at which another item is by then. It ends when the reader moves.
 */
export function useScrollTarget({ box, items, scrollTo }: Parts) {
  let target: { id: string; align: Align; offset: number; isReached: boolean } | undefined

  useEventListener(box, ['wheel', 'touchmove', 'pointerdown'], forget, { passive: true })
  watch(
    () => items()[0]?.id,
    async () => {
      // The reader has moved without a wheel or touch: with the find bar, or a screen reader.
      if (target?.isReached && !isShown(target.id)) forget()
      await nextTick()
      const index = items().findLastIndex(({ id }) => id === target?.id)
      if (target && index >= 0) scrollTo(index, target.align, target.offset)
    },
  )

  function isShown(id: string): boolean {
    return isInSight(box.value!, box.value!.querySelector(`[data-id="${CSS.escape(id)}"]`))
  }

  function bringTo(index: number, align: Align, offset = 0): void {
    target = { id: items()[index]!.id, align, offset, isReached: false }
    scrollTo(index, align, offset)
  }

  function forget(): void {
    target = undefined
  }

  return {
    bringTo,
    forget,
    /** Called when the list reports that scrolling has ended. */
    arrived: () => void (target && (target.isReached ||= isShown(target.id))),
  }
}
