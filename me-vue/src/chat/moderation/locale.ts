import { addMessages } from '../../i18n.ts'

/** Words that come with whatever imports this: before it is shown, they are there. */
await addMessages('moderation', {
  en: () => import('../../locales/moderation/en.json'),
  sv: () => import('../../locales/moderation/sv.json'),
  nb: () => import('../../locales/moderation/nb.json'),
})
