import { isolated } from 'me-api/contract/direction'
import { useI18n } from '../i18n.ts'
import { inject, type InjectionKey } from 'vue'
import { usePresence } from '../presence/presence.store.ts'
import { usePresentation } from '../presentation/presentation.store.ts'
import { boundMarks } from '../ui/bound-marks.ts'

/** Puts the title where the document has it: in the tab, or in what the server sends. */
export const SHOW_TITLE: InjectionKey<(title: string) => void> = Symbol()

/**
 * Titles the document "Part – Owner's name", and on the home page "Name – headline": as the server does in the HTML.
 * What is unread in the chat stands before it, "(3) Part – …", where a narrow tab still shows it.
 */
export function useDocumentTitle(): (part: string) => void {
  const { t } = useI18n()
  const presentation = usePresentation()
  const presence = usePresence()
  const showTitle = inject(SHOW_TITLE)
  return (part) => {
    const { name, presentation: home, failure } = presentation
    const parts = part ? [part, name] : [name, home?.headline]
    const unread = presence.unread > 0 ? `(${presence.unread}) ` : ''
    const title = boundMarks(parts.flatMap((part) => (part ? isolated(part) : [])).join(' – '))
    // Until the name is known, the document has the title that the server gave it.
    if (title || failure) showTitle?.(unread + (title || t('site.home')))
  }
}
