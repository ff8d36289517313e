/** Marks on a character beyond these are left out; points, vowels and accents of every script are fewer. */
const MARKS_MAX = 8
const beyond = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu')

/**
 * A text without the marks that somebody has stacked on a character to paint over what is around, for where the page
 * cannot clip them: a notification, the document's title.
 */
export const boundMarks = (text: string): string => text.replace(beyond, '$1')
