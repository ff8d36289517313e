import type { Page } from '@playwright/test'

/** Resolves when the page is the script's own; until then it is the document, which looks the same. */
export const hydrated = (page: Page) =>
  page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}))
