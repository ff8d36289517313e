import { addMessages } from '../i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('page-editor', {
  en: () => import('../locales/page-editor/en.json'),
  sv: () => import('../locales/page-editor/sv.json'),
  nb: () => import('../locales/page-editor/nb.json'),
})
