import { domainToUnicode } from 'node:url'
import tlds from 'tlds' with { type: 'json' }
import unhomoglyph from 'unhomoglyph'
import { NICK_MAX, lengthOf } from '../contract/index.ts'
import { Refusal } from '../errors.ts'

/**
 * A nick as shown, and the two keys it is compared by: two nicks are the same where either is equal.
 * One key is taken from the lower-cased nick, so that case never tells two apart; the other from the nick as written,
 * as `Нana` with a Cyrillic capital looks like `Hana` only before lower-casing.
 */
export type Nick = { nick: string; key: string; look: string }

const shape = /^[\p{L}\p{N}\p{M} _\-.']+$/u
/** Letters and marks that show nothing, such as the Hangul fillers and variation selectors. */
const invisible = /\p{Default_Ignorable_Code_Point}/u

/** Nonspacing marks on one letter at most: Vietnamese needs two; many more cover the lines above and below. */
const MARKS_MAX = 2
/** IANA's list of top-level domains, in lower case, in Unicode and not in Punycode. */
const topLevelDomains = new Set(tlds)

/**
 * Reads a nick: 1–24 code points after NFKC and trimming, of letters, digits, marks, space and `_ - . '`, that is no
 * hostname of a known top-level domain and has two marks on a letter at most.
 * @throws {Refusal} NICK_INVALID
 */
export function readNick(input: string): Nick {
  const nick = input.normalize('NFKC').trim()
  const length = lengthOf(nick)
  if (length === 0) throw invalid('Choose a nick.')
  if (length > NICK_MAX) throw invalid(`A nick has at most ${NICK_MAX} characters.`)
  if (!shape.test(nick) || invisible.test(nick)) {
    throw invalid("A nick is made of letters, digits, spaces and _ - . '")
  }
  if (hasTooManyMarks(nick)) throw invalid(`A letter of a nick has at most ${MARKS_MAX} marks.`)
  if (isHostname(nick)) throw invalid('A nick cannot be the address of a site.')
  // By way of capitals, as only then ß and ss, or σ and ς, are one.
  const key = skeleton(nick.toUpperCase().toLowerCase())
  const look = skeleton(nick)
  if (!key || !look) throw invalid('A nick needs something one can see.')
  return { nick, key, look }
}

/** Reads a stored nick; null where the rules no longer allow it. */
export function asNick(nick: string): Nick | null {
  try {
    return readNick(nick)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** Counted in NFD, as NFKC hides one mark in a letter such as `é`. A letter that Unicode has as one may have three. */
function hasTooManyMarks(nick: string): boolean {
  const marked = nick.match(/\P{Mn}?\p{Mn}+/gu) ?? []
  return marked.some((text) => (text.normalize('NFD').match(/\p{Mn}/gu) ?? []).length > MARKS_MAX)
}

/** `example.com`, also as `Example.COM.`; `bob.smith` is none, as nothing ends in `.smith`. */
function isHostname(nick: string): boolean {
  const labels = nick.toLowerCase().replace(/\.$/, '').split('.')
  const last = labels.at(-1) ?? ''
  const isName = labels.length > 1 && labels.every((label) => /^\S+$/.test(label))
  return isName && (topLevelDomains.has(last) || topLevelDomains.has(domainToUnicode(last)))
}

const invalid = (message: string) => new Refusal('NICK_INVALID', message, { pointer: '/nick' })

/**
 * What a nick looks like: Unicode's confusables (UTS #39) folded, then accents, case and doubled spaces gone.
 * `i` joins `l`, as a capital I and a small l are one stroke, and case must not tell two nicks apart.
 */
export function skeleton(text: string): string {
  return fold(fold(text)).replaceAll('i', 'l').replace(/\s+/g, ' ')
}

function fold(text: string): string {
  return unhomoglyph(text.normalize('NFKD').replace(/\p{M}/gu, '')).toLowerCase()
}
