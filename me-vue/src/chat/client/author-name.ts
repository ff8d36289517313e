import { say } from '../../i18n.ts'

/** The name that is shown of somebody who wrote: whose account was deleted has none. */
export const authorName = (nick: string) => nick || say('site.left')
