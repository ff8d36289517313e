import { cutText } from 'me-api/contract/cut-text'
import { NICK_MAX } from 'me-api/contract/limits'

const MANNERS = ['quiet', 'early', 'kind', 'swift', 'late', 'brave']
const GUESTS = ['fox', 'otter', 'owl', 'hare', 'lynx', 'wren']

/** A nick like the wanted one, of allowed characters only, that nobody in `taken` has. */
export function suggestNick(wanted: string, taken: Iterable<string>, random = Math.random): string {
  const used = new Set(Array.from(taken, folded))
  const base = allowed(wanted) || `${pick(MANNERS, random)}-${pick(GUESTS, random)}`
  if (!used.has(folded(base))) return base
  for (let number = 2; ; number++) {
    const nick = `${shortened(base, NICK_MAX - `-${number}`.length)}-${number}`
    if (!used.has(folded(nick))) return nick
  }
}

/**
 * A refused nick without the characters that a nick may not hold. '' where that is no better: the nick held no such
 * character, as a hostname does, or the rest would look like one of `names`, which are reserved.
 */
export function allowedPart(wanted: string, names: Iterable<string>): string {
  const nick = allowed(wanted)
  const isSame = nick === wanted.normalize('NFKC').trim()
  const isAddress = /^\S+\.\p{L}{2,}\.?$/u.test(nick)
  return isSame ||
    isAddress ||
    [...names].some((name) => letters(name) && letters(nick).includes(letters(name)))
    ? ''
    : nick
}

/** As in docs/contract.md §5: letters, digits, visible marks, space and `_ - . '`, 24 characters at most. */
const allowed = (nick: string) =>
  shortened(
    nick.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}|[^\p{L}\p{N}\p{M} _\-.']/gu, ''),
    NICK_MAX,
  )

const shortened = (text: string, length: number) => cutText(text.trim(), length).trim()
const letters = (text: string) => folded(text.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, ''))
const folded = (nick: string) => nick.toLowerCase()
const pick = (words: string[], random: () => number) => words[Math.floor(random() * words.length)]!
