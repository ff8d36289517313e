import { createWebHistory } from 'vue-router'
import { useAccount } from './accounts/account.store.ts'
import { createSite } from './create-site.ts'
import { preferredLanguage, speakBy } from './i18n.ts'
import { usePresentation } from './presentation/presentation.store.ts'
import { ignoreComposingKeys } from './platform/ignore-composing-keys.ts'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'

ignoreComposingKeys()
if (!('any' in AbortSignal && 'canParse' in URL)) await import('./platform/older-browsers.ts')

const { app, pinia, i18n } = createSite({
  language: preferredLanguage(),
  history: createWebHistory(),
  showTitle: (title) => (document.title = title),
})

// Requested now, so that the answers arrive while the language is loading.
void usePresentation(pinia).load()
void useAccount(pinia).restore()

await speakBy(i18n)
app.mount('#app')
