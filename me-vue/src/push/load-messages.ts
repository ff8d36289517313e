import { addMessages } from '../i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('push', {
  en: () => import('../locales/push/en.json'),
  sv: () => import('../locales/push/sv.json'),
  nb: () => import('../locales/push/nb.json'),
})
