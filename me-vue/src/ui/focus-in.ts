import { nextTick } from 'vue'

/** Moves the focus to what replaces the control that had it, once it is drawn. */
export async function focusIn(place: Element | null, selector: string): Promise<void> {
  await nextTick()
  place?.querySelector<HTMLElement>(selector)?.focus()
}
