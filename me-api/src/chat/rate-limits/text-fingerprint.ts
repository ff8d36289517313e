/** Letters and signs of a text that are looked at; who writes a page does so alone. */
const READ_MAX = 400
/** With fewer letters a text is nobody's in particular: greetings, thanks, laughter. */
const LETTERS_MIN = 8
/** From so many on, a text is like another where most of their traits agree; below, where all is the same. */
const LETTERS_LONG = 30
/** Letters in a row that make a trait: longer than almost every word that all use. */
const IN_A_ROW = 7
/** Traits kept of a text. */
const TRAITS = 6

/** What a text shares with those that are made after one pattern. */
export type TextFingerprint = { traits: number[]; isLong: boolean }

/**
 * What stays of a text when its figures, spaces, capitals, accents or a few words are changed: of all its rows of
 * letters, hashed, the smallest few (Broder, "On the resemblance and containment of documents", 1997). Null where it is
 * too short to say anything. Nobody who does not know the seed can compose a text for its traits. Costs some ten
 * microseconds.
 */
export function fingerprintOf(text: string, seed: number): TextFingerprint | null {
  const letters = text
    .slice(0, 2 * READ_MAX)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{S}]+/gu, '')
    .replace(/(.)\1+/gu, '$1')
    .slice(0, READ_MAX)
  if (letters.length < LETTERS_MIN) return null
  if (letters.length < LETTERS_LONG)
    return { traits: [hashOf(letters, 0, letters.length, seed)], isLong: false }
  const smallest: number[] = []
  for (let at = 0; at + IN_A_ROW <= letters.length; at++) {
    const hash = hashOf(letters, at, at + IN_A_ROW, seed)
    const last = smallest.at(-1) ?? Infinity
    if ((smallest.length === TRAITS && hash >= last) || smallest.includes(hash)) continue
    smallest.push(hash)
    smallest.sort((one, other) => one - other)
    smallest.length = Math.min(smallest.length, TRAITS)
  }
  return { traits: smallest, isLong: true }
}

/** FNV-1a over UTF-16 units, with its last bits mixed once more, as short inputs leave them alike. */
function hashOf(text: string, from: number, to: number, seed: number): number {
  let hash = seed
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
