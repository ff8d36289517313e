import {
  type Component,
  type InjectionKey,
  type ShallowReactive,
  inject,
  provide,
  shallowReactive,
  watchEffect,
} from 'vue'
import { hasAddress, hasMarkup } from './markup.ts'

/** What shows a text with markup, and one with addresses alone, for which no Markdown has to be read. */
const formatters = {
  markup: () => import('./FormattedText.ts'),
  address: () => import('./LinkedText.ts'),
}
type Need = keyof typeof formatters

/** What has come, for every log. */
const loaded: Partial<Record<Need, Component>> = {}

/** Fetches what formats; a log that is made later has it from its first moment. */
export const loadFormatter = async (need: Need): Promise<Component> =>
  (loaded[need] ??= (await formatters[need]()).default)

type Formatters = { shown: ShallowReactive<Partial<Record<Need, Component>>>; want: (need: Need) => void }
const KEY: InjectionKey<Formatters> = Symbol('formatters')

/** Formats messages from their first moment: for a document, which waits for nothing. */
export function provideFormatters(shown: Record<Need, Component>): void {
  provide(KEY, { shown, want: () => undefined })
}

/**
 * Fetches what formats messages when the first one needs it, once for a whole log: so that all later ones are formatted
 * from their first moment. Until then, and without a network, they stand as they were written.
 */
export function provideFormatter(): void {
  const shown: Formatters['shown'] = shallowReactive({ ...loaded })
  const asked = new Set<Need>()

  async function want(need: Need): Promise<void> {
    if (asked.has(need)) return
    asked.add(need)
    try {
      shown[need] = await loadFormatter(need)
    } catch {
      asked.delete(need)
    }
  }
  provide(KEY, { shown, want: (need) => void want(need) })
}

/** What shows a text that has to be formatted; undefined for a plain one, and as long as it has not come. */
export function useFormatter(text: () => string): () => Component | undefined {
  const all = inject(KEY)
  watchEffect(() => {
    const need = needOf(text())
    if (need) all?.want(need)
  })
  return () => {
    const need = needOf(text())
    return need && all?.shown[need]
  }
}

function needOf(text: string): Need | undefined {
  if (hasMarkup(text)) return 'markup'
  return hasAddress(text) ? 'address' : undefined
}
