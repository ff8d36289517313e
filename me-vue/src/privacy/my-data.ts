import { addMessages } from '../i18n.ts'
import MyData from './MyData.vue'

await addMessages('words', {
  en: () => import('../locales/words/en.json'),
  sv: () => import('../locales/words/sv.json'),
  nb: () => import('../locales/words/nb.json'),
})
export default MyData
