import { addMessages } from '../i18n.ts'
import CodeField from './CodeField.vue'

await addMessages('code', {
  en: () => import('../locales/code/en.json'),
  sv: () => import('../locales/code/sv.json'),
  nb: () => import('../locales/code/nb.json'),
})
export default CodeField
