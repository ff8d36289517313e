import { onBeforeUpdate, onUpdated, type Ref } from 'vue'

/** Where what had the focus inside goes away, the element itself takes it, so that a keyboard keeps its place. */
export function useKeptFocus(element: Ref<HTMLElement | null>): void {
  let within = false
  onBeforeUpdate(() => (within = element.value?.contains(document.activeElement) ?? false))
  onUpdated(() => {
    if (within && document.activeElement === document.body) element.value?.focus({ preventScroll: true })
  })
}
