import { withShortcodes } from './shortcodes.ts'

/** Marks are looked for in so much of a text: what is quoted or read aloud is its beginning. */
const LOOK_AT = 1_000
/** What Markdown leaves as it is written: code, and a mark after a backslash. */
const AS_WRITTEN = /```[^\n`]*\n([^]*?)\n?```|`([^`]+)`|\\([!-/:-@[-`{-~])/g
/** Replaces such a piece meanwhile; from the private use area, so it is nobody's letter. */
const PIECE = '\uE000'

/** A text without Markdown's marks and with emoji for their names, for places without formatting. */
export function stripMarkdown(text: string): string {
  const pieces: string[] = []
  const said = text
    .slice(0, LOOK_AT)
    .replace(AS_WRITTEN, (_, ...[fence, code, mark]: string[]) => {
      pieces.push(fence ?? code ?? mark ?? '')
      return PIECE
    })
    .replace(/\[([^[\]\n]+)\]\([^()\s]+\)/g, '$1')
    .replace(/^ {0,3}(?:> ?)+/gm, '')
    .replace(/(\*\*|~~)(?=\S)([^]*?\S)\1/g, '$2')
    .replace(/\*(?=\S)([^*]*[^*\s])\*/g, '$1')
    .replace(/(?<![\p{L}\p{N}_])(__?)(?=\S)([^]*?\S)\1(?![\p{L}\p{N}_])/gu, '$2')
  return withShortcodes(said).replaceAll(PIECE, () => pieces.shift() ?? '') + text.slice(LOOK_AT)
}
