import { cutText } from '../../contract/cut-text.ts'
import { Refusal } from '../../errors.ts'
import { type IndexedWord, indexedTextOf, wordsIn } from '../../search-words.ts'

/** A search term: words of the index in a row, of which the last may be a prefix. */
export type Term = { words: string[]; isPrefix: boolean }

/** The most different terms in a query, and words in all its terms: each costs a look-up. */
const TERMS_MAX = 10
const WORDS_MAX = 30
/** Pairs of characters that count as a word, in scripts without spaces. */
const PAIRS_IN_WORD = 2

/**
 * Reads a query: words and `"phrases"`, all of which must occur. The last word is a prefix unless it is part of a
 * phrase. Every other character separates words, so that no input is a syntax error. A repeated term counts once.
 * Letters of a script without spaces are found inside longer runs of them, whether in a phrase or not.
 * @throws {Refusal} INVALID for more than ten different terms, or more than thirty words in them
 */
export function readTerms(query: string): Term[] {
  const parts = query.split('"')
  const read = parts.flatMap((part, index) => {
    const words = wordsIn(part)
    const isPhrase = index % 2 === 1
    const endsInWord = index === parts.length - 1 && words.at(-1)?.to === part.length
    const groups = isPhrase && words.length > 0 ? [words] : adjacent(words)
    return groups.map((group, at) => ({
      term: termOf(group, !isPhrase && endsInWord && at === groups.length - 1),
      weight: weightOf(group),
    }))
  })
  const different = [...new Map(read.map((one) => [`${keyOf(one.term)} ${one.term.isPrefix}`, one])).values()]
  const words = different.reduce((sum, { weight }) => sum + weight, 0)
  if (new Set(different.map(({ term }) => keyOf(term))).size <= TERMS_MAX && words <= WORDS_MAX) {
    return different.map(({ term }) => term)
  }
  const most = `${TERMS_MAX} words or phrases at most, of ${WORDS_MAX} words in all`
  throw new Refusal('INVALID', `Search for ${most}.`, { pointer: '/q' })
}

const keyOf = ({ words }: Term): string => words.join(' ')

/** Groups the words between which nothing stands, such as a name in Latin letters within Japanese. */
function adjacent(words: IndexedWord[]): IndexedWord[][] {
  const groups: IndexedWord[][] = []
  let end = -1
  for (const word of words) {
    if (word.from <= end) groups.at(-1)?.push(word)
    else groups.push([word])
    end = word.to
  }
  return groups
}

/** Makes a term that is found wherever the last run of characters goes on. */
function termOf(words: IndexedWord[], isPrefix: boolean): Term {
  const texts = words.map(({ text }) => text)
  const [last, before] = [words.at(-1), words.at(-2)]
  if (!last?.run) return { words: texts, isPrefix }
  // The pair before the last character holds it already.
  if (before?.run && !before.run.isLast) return { words: texts.slice(0, -1), isPrefix: false }
  return { words: texts, isPrefix: true }
}

function weightOf(words: IndexedWord[]): number {
  const inRuns = words.filter(({ run }) => run).length
  return words.length - inRuns + Math.ceil(inRuns / PAIRS_IN_WORD)
}

/** The longest snippet, in UTF-16 units. */
const SNIPPET_MAX = 160
/** The part of a snippet before the first hit, in UTF-16 units. */
const BEFORE_HIT = 40

/** UTF-16 units searched for the first hit at a time, and how far a hit may reach into the next piece. */
const PIECE = 1_024
const OVERLAP = 256
/** UTF-16 units read beyond both ends, so that a word or a character that an end cuts is known to go on. */
const MARGIN = 8

type Hit = { from: number; to: number }

/**
 * Returns the text around the first hit, and the hits in it: `[from, to)` in UTF-16 units. Only the piece with the
 * first hit and the snippet itself are split into words with their places, because a text may be long and a page has
 * many.
 */
export function snippetOf(text: string, terms: Term[]): { snippet: string; marks: [number, number][] } {
  const start = startOf(text, firstHit(text, terms))
  const end = endOf(text, start)
  const [before, after] = [start > 0 ? '…' : '', end < text.length ? '…' : '']
  const shift = before.length - start
  const marks = hitsIn(text, start, end, terms).map(({ from, to }): [number, number] => [
    from + shift,
    to + shift,
  ])
  return { snippet: before + text.slice(start, end) + after, marks: joined(marks) }
}

/** Returns the start of the first hit; 0 if there is none. */
function firstHit(text: string, terms: Term[]): number {
  for (let start = 0; start < text.length; start += PIECE) {
    const end = Math.min(start + PIECE + OVERLAP, text.length)
    const index = ` ${indexedTextOf(text.slice(Math.max(0, start - MARGIN), end + MARGIN))} `
    if (!terms.some(({ words, isPrefix }) => index.includes(` ${words.join(' ')}${isPrefix ? '' : ' '}`)))
      continue
    const [hit] = hitsIn(text, start, end, terms)
    if (hit) return hit.from
  }
  return 0
}

/** Returns the hits that lie completely between two positions of a text, in order. */
function hitsIn(text: string, start: number, end: number, terms: Term[]): Hit[] {
  const shift = Math.max(0, start - MARGIN)
  const words = wordsIn(text.slice(shift, end + MARGIN))
  return words
    .flatMap((_, index) => terms.flatMap((term) => hitAt(words, index, term) ?? []))
    .map(({ from, to }) => ({ from: from + shift, to: to + shift }))
    .filter(({ from, to }) => from >= start && to <= end)
}

function hitAt(words: IndexedWord[], index: number, term: Term): Hit | null {
  const matches = term.words.every((one, offset) => {
    const text = words[index + offset]?.text
    return term.isPrefix && offset === term.words.length - 1 ? text?.startsWith(one) : text === one
  })
  const [first, last] = [words[index], words[index + term.words.length - 1]]
  if (!matches || !first || !last) return null
  return { from: first.from, to: (term.isPrefix && last.run?.firstTo) || last.to }
}

/** Returns the start of a word, some way before the hit; in a run without spaces that of a character. */
function startOf(text: string, hit: number): number {
  if (hit <= BEFORE_HIT) return 0
  const earliest = hit - BEFORE_HIT
  const space = text.indexOf(' ', earliest)
  if (space >= 0 && space < hit) return space + 1
  // The first word may be cut.
  const [, ...others] = wordsIn(text.slice(earliest, hit))
  const inRun = others.find(({ run }) => run)
  return inRun ? earliest + inRun.from : hit
}

/** Returns the end of a word if possible, and never one within a character. */
function endOf(text: string, start: number): number {
  const end = start + SNIPPET_MAX
  if (end >= text.length) return text.length
  const space = text.lastIndexOf(' ', end)
  if (space > start + SNIPPET_MAX / 2) return space
  return start + cutText(text.slice(start, end + 2), SNIPPET_MAX).length
}

/** Merges overlapping marks. */
function joined(marks: [number, number][]): [number, number][] {
  const result: [number, number][] = []
  for (const [from, to] of marks.toSorted((one, other) => one[0] - other[0])) {
    const last = result.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
