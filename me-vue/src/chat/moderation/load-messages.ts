import { addMessages } from '../../i18n.ts'

/** Messages that are loaded with every module that imports this one, so that they are there before it renders. */
await addMessages('moderation', {
  en: () => import('../../locales/moderation/en.json'),
  sv: () => import('../../locales/moderation/sv.json'),
  nb: () => import('../../locales/moderation/nb.json'),
})
