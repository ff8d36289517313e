import { addMessages } from '../i18n.ts'
import AccountPage from './AccountPage.vue'

await addMessages('account', {
  en: () => import('../locales/account/en.json'),
  sv: () => import('../locales/account/sv.json'),
  nb: () => import('../locales/account/nb.json'),
})
export default AccountPage
