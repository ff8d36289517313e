import { addMessages } from '../i18n.ts'
import TransportsPage from './TransportsPage.vue'

await Promise.all([
  addMessages('lesson', {
    en: () => import('../locales/lesson/en.json'),
    sv: () => import('../locales/lesson/sv.json'),
    nb: () => import('../locales/lesson/nb.json'),
  }),
  addMessages('lesson-text', {
    en: () => import('../locales/lesson-text/en.json'),
    sv: () => import('../locales/lesson-text/sv.json'),
    nb: () => import('../locales/lesson-text/nb.json'),
  }),
])
export default TransportsPage
