import { cutText } from 'me-api/contract/cut-text'

/** Beyond either of these a text is folded, to about two thirds of it. */
const CHARACTERS = 1_200
const LINES = 18
/** A cut word is left out whole, if it is no longer than this. */
const lastWord = /\s\S{0,40}$/
/** Half an address would lead elsewhere. */
const lastAddress = /https?:\/\/[!-~]*$/i

/** The beginning of a text too long to show whole, or null where it is short enough. */
export function folded(text: string): string | null {
  const lines = text.split('\n', LINES + 1)
  if (text.length <= CHARACTERS && lines.length <= LINES) return null
  const start = cutText(lines.slice(0, (LINES * 2) / 3).join('\n'), (CHARACTERS * 2) / 3)
  if (/\s/.test(text[start.length] ?? '')) return start.trimEnd()
  const address = start.search(lastAddress)
  if (address === 0) return text.slice(0, text.search(/[^!-~]|$/))
  return (address > 0 ? start.slice(0, address) : start.replace(lastWord, '')).trimEnd()
}
