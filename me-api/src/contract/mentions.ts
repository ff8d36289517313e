import { findLinks } from './links.ts'

/** Letters of our own languages that Unicode does not take apart, as for the comparison of nicks. */
const BARE: Record<string, string> = { ø: 'o', æ: 'ae', đ: 'd', ł: 'l' }

/** A nick, or a text with some, as nicks are compared: case, accents and the apostrophe's form aside. */
export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[‘’]/g, "'")
    .toUpperCase()
    .toLowerCase()
    .replace(/[øæđł]/g, (letter) => BARE[letter] ?? letter)

/** Stands for a piece of a message in which nobody is spoken to: code, or a link. */
export const NOT_SPOKEN = '\uFFFC'

/** Letters of scripts that are written without spaces between words, and of Korean, whose words carry their particles. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々`
const endsUnspaced = new RegExp(`[${unspaced}]$`, 'u')
/** The end of what makes the @ after it part of a word or an e-mail address. */
export const wordBefore = new RegExp(String.raw`[[\p{L}\p{N}_]--[${unspaced}]]$`, 'v')
/** What makes the characters before it part of a longer name, such as `@bob.smith` or `@bob@example.org`. */
const nameAfter = /^[-._@]?[\p{L}\p{N}]/u
/** The same after a nick in another script: in `@bobさん` bob is meant. */
const nameAfterSpaced = new RegExp(String.raw`^[\-._@]?[[\p{L}\p{N}]--[${unspaced}]]`, 'v')

/**
 * Whether somebody is mentioned in a message's text without its code and Markdown links; see `isMentioned` in
 * `message-markdown.ts`, which takes those out.
 */
export function mentions(spoken: string, nick: string, others: Iterable<string>): boolean {
  const said = folded(withoutLinks(spoken))
  const wanted = folded(nick)
  const longer = Array.from(others, folded).filter(
    (other) => other.length > wanted.length && other.startsWith(wanted),
  )
  for (let at = said.indexOf(`@${wanted}`); at >= 0; at = said.indexOf(`@${wanted}`, at + 1))
    if (names(said, at, wanted) && !longer.some((other) => names(said, at, other))) return true
  return false
}

/** Whether a nick and nothing more stands after the @ at a position of a text; both are folded. */
function names(said: string, at: number, nick: string): boolean {
  const end = at + 1 + nick.length
  const goesOn = endsUnspaced.test(nick) ? nameAfter : nameAfterSpaced
  return (
    said.startsWith(nick, at + 1) &&
    !wordBefore.test(said.slice(Math.max(0, at - 2), at)) &&
    !goesOn.test(said.slice(end, end + 3))
  )
}

function withoutLinks(text: string): string {
  let [words, last] = ['', 0]
  for (const { start, end, kind } of findLinks(text)) {
    if (kind === 'email') continue
    words += text.slice(last, start) + NOT_SPOKEN
    last = end
  }
  return words + text.slice(last)
}
