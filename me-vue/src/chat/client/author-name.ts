import { i18n } from '../../i18n.ts'

/** The name that is shown of somebody who wrote: whose account was deleted has none. */
export const authorName = (nick: string) => nick || i18n.global.t('site.left')
