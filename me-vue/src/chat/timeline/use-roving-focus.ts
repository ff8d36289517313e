import { useTimeoutFn } from '@vueuse/core'
import { computed, nextTick, ref, type Ref } from 'vue'

type Parts = {
  box: Ref<HTMLElement | null>
  items: () => readonly { id: string }[]
  /** Brings an item into the document and into sight. */
  reveal: (index: number, align: 'nearest' | 'center') => void
  /** Where Escape leads. */
  leave: () => void
}

/** Milliseconds for which the message that the reader was brought to is highlighted. */
const LIT_FOR = 1_600
/** Frames in which an item that is scrolled to must be there. */
const FRAMES = 30

/** Arrow keys move the focus between messages; the focused message stays mounted. */
export function useRovingFocus({ box, items, reveal, leave }: Parts) {
  /** The message that has, or had last, the focus. */
  const current = ref('')
  /** The message that the reader has just been brought to. */
  const lit = ref('')
  /** The last requested target: if the focus goes elsewhere meanwhile, it is not fetched back. */
  let wanted: object | undefined
  const { start: dim } = useTimeoutFn(() => (lit.value = ''), LIT_FOR, { immediate: false })

  const placeOf = (id: string) => items().findLastIndex((item) => item.id === id)

  /** The focused message stays in the document, however far the reader scrolls. */
  const kept = computed(() => {
    const index = current.value ? placeOf(current.value) : -1
    return index < 0 ? [] : [index]
  })

  function keydown(event: KeyboardEvent): void {
    const { key, target } = event
    const message = target instanceof HTMLElement ? target.closest('article') : null
    if (key === 'Escape') {
      wanted = undefined
      leave()
    } else if (!message && target !== box.value) return
    // From a link, a sign or a quote within a message, ↑ leads to that message.
    else if (key === 'ArrowUp') void go(message === target ? -1 : 0, message)
    else if (key === 'ArrowDown') void go(message ? 1 : 0, message)
    else return
    event.preventDefault()
  }

  async function go(step: -1 | 0 | 1, from: HTMLElement | null): Promise<void> {
    const all = items()
    const known = placeOf(from?.dataset.id ?? current.value)
    const index = Math.min(all.length - 1, known < 0 ? all.length - 1 : Math.max(0, known + step))
    await focus(all[index]?.id ?? '', index, 'nearest')
  }

  /** Brings the reader to a message; false if it is not among the items. */
  async function show(id: string): Promise<boolean> {
    // What was fetched for it has to be in the list first.
    await nextTick()
    const index = placeOf(id)
    if (index < 0) return false
    await focus(id, index, 'center')
    lit.value = id
    dim()
    return true
  }

  async function focus(id: string, index: number, align: 'nearest' | 'center'): Promise<void> {
    current.value = id
    if (index < 0) return
    const mine = (wanted = {})
    reveal(index, align)
    await nextTick()
    const message = await focused(id, () => wanted === mine)
    if (align === 'nearest') message?.scrollIntoView({ block: 'nearest' })
  }

  /** An item that is scrolled to takes some frames to be there, and to be measured, before which it takes no focus. */
  async function focused(id: string, isWanted: () => boolean): Promise<HTMLElement | null> {
    let message: HTMLElement | null = null
    for (let frame = 0; frame < FRAMES && !message?.matches(':focus'); frame++) {
      await new Promise(requestAnimationFrame)
      if (!isWanted()) return null
      message = box.value?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? null
      message?.focus({ preventScroll: true })
    }
    return message
  }

  /** Gives the focus back to a message. */
  const focusOn = (id: string) => focus(id, placeOf(id), 'nearest')

  return { kept, lit, keydown, show, focusOn }
}
