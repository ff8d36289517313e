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
 * The parts of one text, each with emoji for the names in it. What stands around a part counts for what is a name, and a
 * name that goes on in the next part stays.
 */
export function partsWithShortcodes(parts: readonly string[]): string[] {
  const text = parts.join('')
  const names = text.includes(':') ? findShortcodes(text) : []
  let [next, to] = [0, 0]
  return parts.map((part) => {
    let [words, last] = ['', to]
    to += part.length
    for (let name = names[next]; name && name.start < to; name = names[++next]) {
      if (name.end > to) continue
      words += text.slice(last, name.start) + name.emoji
      last = name.end
    }
    return words + text.slice(last, to)
  })
}
