import { addMessages } from './i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('prose', {
  en: () => import('./locales/prose/en.json'),
  sv: () => import('./locales/prose/sv.json'),
  nb: () => import('./locales/prose/nb.json'),
})
