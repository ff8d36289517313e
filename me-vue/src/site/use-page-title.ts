import { watchEffect } from 'vue'
import { usePresentation } from '../presentation/presentation.store.ts'

/** Names the tab "Part – Owner's name", and the home page "Name – headline": as the server does in the HTML. */
export function usePageTitle(part: () => string): void {
  const presentation = usePresentation()
  watchEffect(() => {
    const { name, presentation: home } = presentation
    const parts = part() ? [part(), name] : [name, home?.headline]
    document.title = parts.filter(Boolean).join(' – ')
  })
}
