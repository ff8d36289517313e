import { nextTick } from 'vue'

/** Moves the focus to what replaces the control that had it, once it is drawn: the first that is not hidden. */
export async function focusIn(place: Element | null, selector: string): Promise<void> {
  await nextTick()
  const found = [...(place?.querySelectorAll<HTMLElement>(selector) ?? [])]
  found.find(({ hidden }) => !hidden)?.focus()
}
