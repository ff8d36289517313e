import { findAddresses } from './links.ts'
import { emojiNames } from './emoji.ts'

/**
 * Names between colons, several without a space between them too; not within a word, a time (`10:100:20`), a path
 * (`C:\x:smile:`) or code (`std::smile::x`). A slash is no path after a name: `:+1:/:-1:`.
 */
const NAMES = /(?<![\p{Cased}\p{N}_:\\]|(?<!:)\/)(?::[a-z0-9_+-]{1,40}:)+(?![\p{Cased}\p{N}_:\\])/giu
const NAME = /:([a-z0-9_+-]{1,40}):/gi

type Shortcode = { start: number; end: number; emoji: string }

/** The names of emoji in a text, in their order; those in an address belong to the address. */
function findShortcodes(text: string): Shortcode[] {
  const addresses = text.includes('://') ? findAddresses(text) : []
  return Array.from(text.matchAll(NAMES))
    .filter(({ index }) => !addresses.some(({ start, end }) => start <= index && index < end))
    .flatMap(({ 0: run, index }) =>
      Array.from(run.matchAll(NAME)).flatMap(({ 0: code, 1: name, index: within }) => {
        const emoji = emojiNames.get(name!.toLowerCase())
        const start = index + within
        return emoji ? [{ start, end: start + code.length, emoji }] : []
      }),
    )
}

/**
 * The text with emoji for their names; other names stay as they were written. `from` and `to` choose the part
 * to return; the characters around it count for what is a name.
 */
export function withShortcodes(text: string, from = 0, to = text.length): string {
  let [words, last] = ['', from]
  if (!text.includes(':')) return text.slice(from, to)
  for (const { start, end, emoji } of findShortcodes(text)) {
    if (start < from || end > to) continue
    words += text.slice(last, start) + emoji
    last = end
  }
  return words + text.slice(last, to)
}
