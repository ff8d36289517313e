import { addMessages } from '../i18n.ts'

await addMessages('page-editor', {
  en: () => import('../locales/page-editor/en.json'),
  sv: () => import('../locales/page-editor/sv.json'),
  nb: () => import('../locales/page-editor/nb.json'),
})
