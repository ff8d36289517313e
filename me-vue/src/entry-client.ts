import type { PageData } from 'me-api/contract'
import { createWebHistory } from 'vue-router'
import { useAccount } from './accounts/account.store.ts'
import { createSite } from './create-site.ts'
import { givePage } from './give-page.ts'
import { preferredLanguage, rememberLanguage, speakBy } from './i18n.ts'
import { usePageData } from './page-data.store.ts'
import { usePresentation } from './presentation/presentation.store.ts'
import { goToPushed } from './push/go-to-pushed.ts'
import { ignoreComposingKeys } from './platform/ignore-composing-keys.ts'

ignoreComposingKeys()
if (!('any' in AbortSignal && 'canParse' in URL)) await import('./platform/older-browsers.ts')

const language = preferredLanguage()
const data = dataOfDocument()
const { app, pinia, i18n, router } = createSite({
  language,
  history: createWebHistory(),
  showTitle: (title) => (document.title = title),
})
if (data) givePage(data, pinia)

// Requested now, so that the answers arrive while the language is loading.
if (!data) start()
await speakBy(i18n)
// Vue adopts the document's own elements, for which all that they were made of has to be here. Where a part cannot be
// fetched the document stays as it is, and can be read.
const isComplete =
  !data ||
  (await router.isReady().then(
    () => true,
    () => false,
  ))
if (isComplete) app.mount('#app')
goToPushed(router)
// What is the reader's own comes after that: the document has none of it.
if (data) start()
usePageData(pinia).keptAt = document.documentElement.dataset.asOf

function start(): void {
  if (!data) void usePresentation(pinia).load()
  void useAccount(pinia).restore()
}

/** What the server made the document's content of; undefined where it has none, as in the shell for pages never read. */
function dataOfDocument(): PageData | undefined {
  const state = document.querySelector('#page-data')
  if (!state) return undefined
  // Made in another language than the reader has chosen: it is made anew.
  if (document.documentElement.lang !== language) {
    rememberLanguage(language)
    document.querySelector('#app')?.replaceChildren()
  }
  return JSON.parse(state.textContent) as PageData
}
