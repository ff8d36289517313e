import { useEventListener } from '@vueuse/core'
import { computed, defineAsyncComponent, nextTick, ref, type Ref } from 'vue'
import { loadControlMessages } from '../../control-messages.ts'

/** Readers do without it. Visitors with a nick load it early, because the network may be gone when it is needed. */
export const loadToolbar = async () => {
  const [loaded] = await Promise.all([import('./MessageToolbar.vue'), loadControlMessages()])
  return loaded
}

export const MessageToolbar = defineAsyncComponent(loadToolbar)

/** Whether a message's toolbar is shown: while the mouse is over it, the focus in it, or it was opened. */
export function useToolbar(article: Ref<HTMLElement | null>) {
  const hovered = ref(false)
  const focused = ref(false)
  const asked = ref(false)
  const shown = computed(() => hovered.value || focused.value || asked.value)

  useEventListener(article, 'pointerenter', ({ pointerType }) => (hovered.value = pointerType === 'mouse'))
  useEventListener(article, 'pointerleave', () => (hovered.value = false))
  useEventListener(article, 'focusin', ({ target }) => {
    // On a phone the focus is brought to a message that a link leads to: the toolbar would only cover what is above it.
    const isBrought = target === article.value && matchMedia('(hover: none)').matches
    focused.value = !isBrought && (target as Element).matches(':focus-visible')
  })
  useEventListener(article, 'focusout', ({ relatedTarget }) => {
    if (!article.value?.contains(relatedTarget as Node | null)) closeBar()
  })
  // iOS gives no focus to what is tapped, so that losing it is no sign there.
  useEventListener(
    () => (asked.value ? document : null),
    'pointerdown',
    ({ target }) => {
      if (!article.value?.contains(target as Node | null)) closeBar()
    },
  )

  async function openBar(): Promise<void> {
    asked.value = true
    await loadToolbar().catch(() => undefined)
    await nextTick()
    article.value?.scrollIntoView({ block: 'nearest' })
    article.value?.querySelector<HTMLElement>('[role=toolbar] button')?.focus({ preventScroll: true })
  }

  function closeBar(): void {
    focused.value = asked.value = false
  }

  return { shown, asked, openBar, closeBar }
}
