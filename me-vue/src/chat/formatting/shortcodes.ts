import { emojiNames } from './emoji.ts'

const CODE = /:([a-z0-9_+-]{1,40}):/gi

/** The text with the shortcodes that are known as emoji; the others stay as they were written. */
export const withShortcodes = (text: string): string =>
  text.replace(CODE, (code, name: string) => emojiNames.get(name.toLowerCase()) ?? code)
