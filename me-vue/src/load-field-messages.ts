import { addMessages } from './i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('fields', {
  en: () => import('./locales/fields/en.json'),
  sv: () => import('./locales/fields/sv.json'),
  nb: () => import('./locales/fields/nb.json'),
})
