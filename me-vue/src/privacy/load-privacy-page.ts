import { addMessages } from '../i18n.ts'
import PrivacyPage from './PrivacyPage.vue'

await addMessages('privacy', {
  en: () => import('../locales/privacy/en.json'),
  sv: () => import('../locales/privacy/sv.json'),
  nb: () => import('../locales/privacy/nb.json'),
})
export default PrivacyPage
