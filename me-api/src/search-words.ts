/**
 * A word of the search index, and the part of the text it stands for: `[from, to)` in UTF-16 units. A word made of a
 * run without spaces is a pair of its characters, or its last one; `firstTo` is the end of the word's first character.
 */
export type IndexedWord = {
  text: string
  from: number
  to: number
  run?: { isLast: boolean; firstTo: number }
}

/** The most UTF-16 units of an indexed word: PostgreSQL refuses a lexeme over 2,046 bytes. */
const WORD_MAX = 255

/** Letters, digits and marks of any script. */
const letter = String.raw`\p{L}\p{N}\p{M}`
/** Emoji, and symbols that are shown as emoji. */
const emoji = String.raw`\p{Extended_Pictographic}`
const flag = String.raw`\p{Regional_Indicator}{2}`
/**
 * Letters of scripts that are written without spaces between words, and of Korean, whose words carry their particles:
 * Line_Break's classes SA and ID (UAX #14) as scripts.
 */
const unspaced = `[[${letter}]&&[${[
  ...['Han', 'Hira', 'Kana', 'Bopo', 'Hang', 'Yiii', 'Tang', 'Nshu', 'Kits'],
  ...['Thai', 'Laoo', 'Khmr', 'Mymr', 'Tale', 'Talu', 'Lana', 'Tavt', 'Ahom', 'Java', 'Bali'],
]
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('')}]]`

/** A character of a run. Flags are pairs: the middle of two flags is no third. */
const characterInRun = `(?:${flag}|${emoji}|${unspaced})`
/** Runs without spaces, and words. */
const parts = new RegExp(`(${characterInRun}+)|[[${letter}]--${unspaced}]+`, 'gv')
const charactersInRun = new RegExp(characterInRun, 'gv')

/** What follows a character and is folded with it: marks, invisible characters, skin tones, the rest of a syllable. */
const tail = String.raw`[\p{M}\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb]`
/** Letters that are their own folded form: without them folding a Chinese text would take ten times as long. */
const stable = String.raw`[\u0e01-\u0e30\u3041-\u3094\u30a1-\u30fc\u4e00-\u9fff\uac00-\ud7a3]`
/** Emoji joined to one picture, such as a family; found by each of them, and marked as a whole. */
const joinedEmoji = `${emoji}(?:[${tail}--\\u200d]{0,4}\\u200d${emoji})+`
/** The characters that folding may change, except for ASCII's capitals. */
const foldable = new RegExp(`${flag}|${joinedEmoji}${tail}*|[^]${tail}+|[^\\x00-\\x7f${stable}]`, 'gv')

const isPicture = new RegExp(`^(?:${flag}|${emoji})`, 'v')
const pictures = new RegExp(`${flag}|${emoji}`, 'gv')
/** Accents, vowel points and the like, but not the marks that make another letter of a kana. */
const accents =
  /[[\p{M}&&[\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}]]--[\u3099\u309a]]/gv
/** Invisible characters, and the stroke that only lengthens an Arabic word. */
const ignored = /[\p{Default_Ignorable_Code_Point}\u0640]/gv
/** Letters that have no decomposition but are taken for others where the keyboard lacks them. */
const alike: Record<string, string> = { ς: 'σ', ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't', æ: 'ae', œ: 'oe' }
const hasAlike = new RegExp(`[${Object.keys(alike).join('')}]`, 'gu')

/** Removes case, accents, width and invisible characters of a part that `foldable` matches. */
function foldPart(part: string): string {
  if (isPicture.test(part)) return (part.match(pictures) ?? []).join('')
  const bare = part.normalize('NFKD').replace(accents, '').replace(ignored, '')
  // Upper case makes `ß` equal to `SS`, and a dotless `ı` to `I`.
  const lower = bare.toLowerCase().toUpperCase().toLowerCase()
  return lower.replace(hasAlike, (one) => alike[one] ?? one).normalize('NFC')
}

/**
 * Folds a text: case, accents, width and invisible characters make no difference. It is folded part by part, so that a
 * part's fold is the same wherever it stands.
 */
export const foldText = (text: string): string => text.replace(foldable, foldPart).toLowerCase()

/** A folded text, and where each of its UTF-16 units comes from. */
type Folded = { text: string; from: (at: number) => number; to: (at: number) => number }

function foldWithPlaces(text: string): Folded {
  const pieces: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  const addPlain = (from: number, to: number) => {
    pieces.push(text.slice(from, to).toLowerCase())
    for (let at = from; at < to; at++) {
      starts.push(at)
      ends.push(at + 1)
    }
  }
  let done = 0
  for (const { 0: part, index } of text.matchAll(foldable)) {
    addPlain(done, index)
    done = index + part.length
    const folded = foldPart(part)
    pieces.push(folded)
    for (let at = 0; at < folded.length; at++) {
      starts.push(index)
      ends.push(done)
    }
  }
  addPlain(done, text.length)
  return {
    text: pieces.join(''),
    from: (at) => starts[at] ?? text.length,
    to: (at) => ends[at - 1] ?? 0,
  }
}

/**
 * Splits a text into the words of the search index, folded: case, accents and width make no difference. A run without
 * spaces becomes all its pairs of neighbouring characters and its last character, so that any part of it is found: 中文字
 * becomes 中文, 文字 and 字. An emoji is a character of a run.
 */
export function wordsIn(text: string): IndexedWord[] {
  const folded = foldWithPlaces(text)
  return [...folded.text.matchAll(parts)].flatMap(({ 0: part, 1: run, index }): IndexedWord[] => {
    const place = (from: number, to: number) => ({ from: folded.from(from), to: folded.to(to) })
    if (run === undefined) {
      return [{ text: shortened(part), ...place(index, index + part.length) }]
    }
    return pairsOf(run).map(({ text, start, first }) => ({
      text,
      ...place(index + start, index + start + text.length),
      run: { isLast: text.length === first, firstTo: folded.to(index + start + first) },
    }))
  })
}

/** Returns the words of a text as the database indexes them: separated by spaces. */
export function indexedTextOf(text: string): string {
  const words: string[] = []
  for (const { 0: part, 1: run } of foldText(text).matchAll(parts)) {
    if (run === undefined) words.push(shortened(part))
    else for (const pair of pairsOf(run)) words.push(pair.text)
  }
  return words.join(' ')
}

const shortened = (word: string): string =>
  word.length <= WORD_MAX ? word : word.slice(0, WORD_MAX).toWellFormed()

/** The pairs of a run and its last character; `first` is the length of a pair's first character. */
function pairsOf(run: string): { text: string; start: number; first: number }[] {
  const characters = run.match(charactersInRun) ?? []
  let start = 0
  return characters.map((character, at) => {
    const pair = { text: character + (characters[at + 1] ?? ''), start, first: character.length }
    start += character.length
    return pair
  })
}
