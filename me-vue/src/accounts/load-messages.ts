import { addMessages } from '../i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('account-forms', {
  en: () => import('../locales/account-forms/en.json'),
  sv: () => import('../locales/account-forms/sv.json'),
  nb: () => import('../locales/account-forms/nb.json'),
})
