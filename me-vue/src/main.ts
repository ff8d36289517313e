import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { useAccount } from './accounts/account.store.ts'
import { i18n, preferredLanguage, setLanguage } from './i18n.ts'
import { usePresentation } from './presentation/presentation.store.ts'
import { ignoreComposingKeys } from './platform/ignore-composing-keys.ts'
import { createSiteRouter } from './router.ts'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'

ignoreComposingKeys()
if (!('any' in AbortSignal && 'canParse' in URL)) await import('./platform/older-browsers.ts')

const app = createApp(App).use(createPinia()).use(i18n).use(createSiteRouter())

// Requested now, so that the answers arrive while the language is loading.
void usePresentation().load()
void useAccount().restore()

await setLanguage(preferredLanguage())
app.mount('#app')
