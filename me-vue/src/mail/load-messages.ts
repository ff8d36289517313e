import { addMessages } from '../i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('mail', {
  en: () => import('../locales/mail/en.json'),
  sv: () => import('../locales/mail/sv.json'),
  nb: () => import('../locales/mail/nb.json'),
})
