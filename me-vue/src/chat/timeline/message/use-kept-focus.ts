import { onBeforeUpdate, onUpdated, type Ref } from 'vue'

/** If the focused element inside disappears, the element itself takes the focus, so that the keyboard keeps its place. */
export function useKeptFocus(element: Ref<HTMLElement | null>): void {
  let within = false
  onBeforeUpdate(() => (within = element.value?.contains(document.activeElement) ?? false))
  onUpdated(() => {
    if (within && document.activeElement === document.body) element.value?.focus({ preventScroll: true })
  })
}
