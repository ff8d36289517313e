import { inject, watchEffect, type InjectionKey } from 'vue'

/** Gives the tab the title of a part of the site, "" for the home page. */
export const SET_TITLE: InjectionKey<(part: string) => void> = Symbol()

/** Names the tab after a part of the site, for as long as the page that calls this is shown. */
export function usePageTitle(part: () => string): void {
  const setTitle = inject(SET_TITLE)
  watchEffect(() => setTitle?.(part()))
}
