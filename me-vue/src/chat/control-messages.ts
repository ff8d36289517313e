import { addMessages } from '../i18n.ts'

/** The messages of what opens from the chat's bars and of what writes, which the first look at a room does without. */
export const loadControlMessages = () =>
  addMessages('controls', {
    en: () => import('../locales/controls/en.json'),
    sv: () => import('../locales/controls/sv.json'),
    nb: () => import('../locales/controls/nb.json'),
  })
