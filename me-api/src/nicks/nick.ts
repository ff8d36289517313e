import { domainToUnicode } from 'node:url'
import tlds from 'tlds' with { type: 'json' }
import unhomoglyph from 'unhomoglyph'
import { NICK_MAX, hasBlank, lengthOf } from '../contract/index.ts'
import { Refusal } from '../errors.ts'

/**
 * A nick as shown, and the two keys it is compared by; two nicks are the same if either key is equal. `key` derives
 * from the lower-cased nick, so that case makes no difference. `look` derives from the nick as written, because
 * `Нana` with a Cyrillic capital looks like `Hana` only before lower-casing.
 */
export type Nick = { nick: string; key: string; look: string }

const shape = /^[\p{L}\p{N}\p{M} _\-.']+$/u

/** The most nonspacing marks on one letter: Vietnamese needs two; many more cover the lines above and below. */
const MARKS_MAX = 2
/** IANA's list of top-level domains, lower-case and in Unicode instead of Punycode. */
const topLevelDomains = new Set(tlds)

/**
 * Reads a nick: 1–24 code points after NFKC and trimming, of letters, digits, marks, space and `_ - . '`, with at
 * most two marks on a letter. A hostname of a known top-level domain is invalid.
 * @throws {Refusal} NICK_INVALID
 */
export function readNick(input: string): Nick {
  const nick = input.normalize('NFKC').trim()
  const length = lengthOf(nick)
  if (length === 0) throw invalid('Choose a nick.')
  if (length > NICK_MAX) throw invalid(`A nick has at most ${NICK_MAX} characters.`)
  if (!shape.test(nick) || hasBlank(nick)) {
    throw invalid("A nick is made of letters, digits, spaces and _ - . '")
  }
  if (hasTooManyMarks(nick)) throw invalid(`A letter of a nick has at most ${MARKS_MAX} marks.`)
  if (isHostname(nick)) throw invalid('A nick cannot be the address of a site.')
  // Upper-casing first makes ß equal to ss, and σ to ς.
  const key = skeleton(nick.toUpperCase().toLowerCase())
  const look = skeleton(nick)
  if (!key || !look) throw invalid('A nick needs something one can see.')
  return { nick, key, look }
}

/** Reads a stored nick; null if the rules no longer allow it. */
export function asNick(nick: string): Nick | null {
  try {
    return readNick(nick)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/**
 * Marks are counted in NFD, because NFKC merges one mark into a letter such as `é`. A letter that Unicode has
 * precomposed may have three.
 */
function hasTooManyMarks(nick: string): boolean {
  const marked = nick.match(/\P{Mn}?\p{Mn}+/gu) ?? []
  return marked.some((text) => (text.normalize('NFD').match(/\p{Mn}/gu) ?? []).length > MARKS_MAX)
}

/** Matches `example.com`, also as `Example.COM.`; `bob.smith` is no hostname, because no domain ends in `.smith`. */
function isHostname(nick: string): boolean {
  const labels = nick.toLowerCase().replace(/\.$/, '').split('.')
  const last = labels.at(-1) ?? ''
  const isName = labels.length > 1 && labels.every((label) => /^\S+$/.test(label))
  return isName && (topLevelDomains.has(last) || topLevelDomains.has(domainToUnicode(last)))
}

const invalid = (message: string) => new Refusal('NICK_INVALID', message, { pointer: '/nick' })

/**
 * Folds a nick to its look: Unicode's confusables (UTS #39), accents, case and doubled spaces. `i` becomes `l`,
 * because a capital I and a small l look alike and case must make no difference.
 */
export function skeleton(text: string): string {
  return fold(fold(text)).replaceAll('i', 'l').replace(/\s+/g, ' ')
}

function fold(text: string): string {
  return unhomoglyph(text.normalize('NFKD').replace(/\p{M}/gu, '')).toLowerCase()
}
