import '../load-prose-messages.ts'
import { createCopyButtons } from './copy-buttons.ts'
import { createScrollRegions } from './scroll-regions.ts'

/**
 * Adds what a rendered page cannot have as HTML: buttons that copy code, and wide parts that the keyboard scrolls.
 * Returns a function that stops watching them.
 */
export function createProseControls(root: HTMLElement, t: (key: string) => string): () => void {
  createCopyButtons(root, t)
  return createScrollRegions(root, { code: t('prose.code'), table: t('prose.table') })
}
