import { speakAlso } from '../i18n.ts'
import MyWords from './MyData.vue'

await speakAlso('words', {
  en: () => import('../locales/words/en.json'),
  sv: () => import('../locales/words/sv.json'),
  nb: () => import('../locales/words/nb.json'),
})
export default MyWords
