import { addMessages } from '../i18n.ts'
import CodeField from './CodeField.vue'

await addMessages('sign-in-code', {
  en: () => import('../locales/sign-in-code/en.json'),
  sv: () => import('../locales/sign-in-code/sv.json'),
  nb: () => import('../locales/sign-in-code/nb.json'),
})
export default CodeField
