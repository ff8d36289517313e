import { createPinia } from 'pinia'
import { createSSRApp } from 'vue'
import type { RouterHistory } from 'vue-router'
import App from './App.vue'
import { createSiteI18n, type Language } from './i18n.ts'
import { createSiteRouter } from './router.ts'
import { SHOW_TITLE } from './site/document-title.ts'

type Parts = {
  language: Language
  history: RouterHistory
  /** Receives the document's title, and again whenever it changes. */
  showTitle: (title: string) => void
}

/** Makes everything of which one page consists; nothing of it is shared with another page. */
export function createSite({ language, history, showTitle }: Parts) {
  const pinia = createPinia()
  const i18n = createSiteI18n(language)
  const router = createSiteRouter(history, pinia)
  const app = createSSRApp(App).use(pinia).use(i18n).use(router).provide(SHOW_TITLE, showTitle)

  return { app, pinia, i18n, router }
}
