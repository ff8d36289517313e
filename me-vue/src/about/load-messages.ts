import { addMessages } from '../i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('talk', {
  en: () => import('../locales/talk/en.json'),
  sv: () => import('../locales/talk/sv.json'),
  nb: () => import('../locales/talk/nb.json'),
})
