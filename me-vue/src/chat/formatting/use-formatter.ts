import {
  type Component,
  type InjectionKey,
  type ShallowRef,
  inject,
  provide,
  shallowRef,
  watchEffect,
} from 'vue'
import { hasMarkup } from './markup.ts'

type Formatter = { shown: ShallowRef<Component | undefined>; want: () => void }
const KEY: InjectionKey<Formatter> = Symbol('formatter')

/**
 * Fetches what reads Markdown when the first message holds some, once for a whole log: so that all later ones are
 * formatted from their first moment. Until then, and without a network, they stand as they were written.
 */
export function provideFormatter(): void {
  const shown = shallowRef<Component>()
  let wanted: Promise<void> | undefined

  async function fetchIt(): Promise<void> {
    try {
      shown.value = (await import('./FormattedText.ts')).default
    } catch {
      wanted = undefined
    }
  }
  provide(KEY, { shown, want: () => void (wanted ??= fetchIt()) })
}

/** What shows a text with markup in it; undefined for a text without, and as long as it has not come. */
export function useFormatter(text: () => string): () => Component | undefined {
  const formatter = inject(KEY)
  watchEffect(() => hasMarkup(text()) && formatter?.want())
  return () => (hasMarkup(text()) ? formatter?.shown.value : undefined)
}
