import { addMessages } from '../../i18n.ts'

/** Words that come with whatever imports this: before it is shown, they are there. */
await addMessages('hand', {
  en: () => import('../../locales/hand/en.json'),
  sv: () => import('../../locales/hand/sv.json'),
  nb: () => import('../../locales/hand/nb.json'),
})
