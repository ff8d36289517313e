import { cutText } from 'me-api/contract/cut-text'

/** A text beyond either of these is collapsed to about two thirds of it. */
const CHARACTERS = 1_200
const LINES = 18
/** A word that was cut is left out, unless it is longer than this. */
const lastWord = /\s\S{0,40}$/
/** An address that was cut is left out, because half of it would lead elsewhere. */
const lastAddress = /https?:\/\/[!-~]*$/i

/** Returns the beginning of a text that is too long to show whole; null if it is short enough. */
export function collapsed(text: string): string | null {
  const lines = text.split('\n', LINES + 1)
  if (text.length <= CHARACTERS && lines.length <= LINES) return null
  const start = cutText(lines.slice(0, (LINES * 2) / 3).join('\n'), (CHARACTERS * 2) / 3)
  if (/\s/.test(text[start.length] ?? '')) return start.trimEnd()
  const address = start.search(lastAddress)
  if (address === 0) return text.slice(0, text.search(/[^!-~]|$/))
  return (address > 0 ? start.slice(0, address) : start.replace(lastWord, '')).trimEnd()
}
