import { addMessages } from '../i18n.ts'
import MyData from './MyData.vue'

await addMessages('my-data', {
  en: () => import('../locales/my-data/en.json'),
  sv: () => import('../locales/my-data/sv.json'),
  nb: () => import('../locales/my-data/nb.json'),
})
export default MyData
