import { speakAlso } from '../i18n.ts'
import AccountPage from './AccountPage.vue'

await speakAlso('account', {
  en: () => import('../locales/account/en.json'),
  sv: () => import('../locales/account/sv.json'),
  nb: () => import('../locales/account/nb.json'),
})
export default AccountPage
