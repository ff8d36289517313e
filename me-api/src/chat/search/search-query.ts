import { Refusal } from '../../errors.ts'

/** A search term: words in order, of which the last may be a prefix. */
export type Term = { words: string[]; isPrefix: boolean }

/** The most different terms in a query, and words in all its terms: each costs a look-up. */
const TERMS_MAX = 10
const WORDS_MAX = 30

/** Letters and digits of any script, with combining marks. */
const letters = '\\p{L}\\p{N}\\p{M}'
const word = new RegExp(`[${letters}]+`, 'gu')
const wordAtEnd = new RegExp(`[${letters}]$`, 'u')
const wordAtStart = new RegExp(`^[${letters}]`, 'u')

/** Removes case and accents. */
export const fold = (text: string): string =>
  isPlain.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()

/** Matches ASCII text, which has no accents; this test costs a fraction of a normalisation. */
const isPlain = /^[ -~]*$/

/**
 * Reads a query: words and `"phrases"`, all of which must occur. The last word is a prefix unless it is part of a
 * phrase. Every other character separates words, so that no input is a syntax error. A repeated term counts once.
 * @throws {Refusal} INVALID for more than ten different terms, or more than thirty words in them
 */
export function readTerms(query: string): Term[] {
  const parts = query.split('"')
  const terms = parts.flatMap((part, index): Term[] => {
    const words = part.match(word) ?? []
    const isPhrase = index % 2 === 1 && words.length > 0
    return isPhrase ? [{ words, isPrefix: false }] : words.map((one) => ({ words: [one], isPrefix: false }))
  })
  const last = terms.at(-1)
  const endsInWord = parts.length % 2 === 1 && wordAtEnd.test(query)
  if (last && endsInWord) last.isPrefix = true
  const different = [...new Map(terms.map((term) => [`${keyOf(term)} ${term.isPrefix}`, term])).values()]
  const words = different.reduce((sum, term) => sum + term.words.length, 0)
  if (new Set(different.map(keyOf)).size <= TERMS_MAX && words <= WORDS_MAX) return different
  const most = `${TERMS_MAX} words or phrases at most, of ${WORDS_MAX} words in all`
  throw new Refusal('INVALID', `Search for ${most}.`, { pointer: '/q' })
}

const keyOf = ({ words }: Term): string => words.map(fold).join(' ')

/** The longest snippet, in UTF-16 units. */
const SNIPPET_MAX = 160
/** The part of a snippet before the first hit, in UTF-16 units. */
const BEFORE_HIT = 40

/** UTF-16 units searched for the first hit at a time, and how far a hit may reach into the next piece. */
const PIECE = 1_024
const OVERLAP = 256

type Token = { from: number; to: number; folded: string }

/**
 * Returns the text around the first hit, and the hits in it: `[from, to)` in UTF-16 units. Only the piece with the
 * first hit and the snippet itself are split into words, because a text may be long and a page has many.
 */
export function snippetOf(text: string, query: Term[]): { snippet: string; marks: [number, number][] } {
  const terms = query.map(({ words, isPrefix }) => ({ words: words.map(fold), isPrefix }))
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
  const anyTerm = patternOf(terms)
  for (let start = 0; start < text.length; start += PIECE) {
    const end = Math.min(start + PIECE + OVERLAP, text.length)
    if (!anyTerm.test(fold(text.slice(start, end)))) continue
    const tokens = tokensOf(text, start, end)
    const hit = tokens.find((_, index) => terms.some((term) => hitAt(tokens, index, term)))
    if (hit) return hit.from
  }
  return 0
}

/** A pattern that matches any of the terms in folded text. */
function patternOf(terms: Term[]): RegExp {
  const forms = terms.map(
    ({ words, isPrefix }) => words.join(`[^${letters}]+`) + (isPrefix ? '' : `(?![${letters}])`),
  )
  return new RegExp(`(?<![${letters}])(?:${forms.join('|')})`, 'u')
}

/** Returns the hits that lie completely between two positions of a text, in order. */
function hitsIn(text: string, start: number, end: number, terms: Term[]): { from: number; to: number }[] {
  const tokens = tokensOf(text, start, end)
  return tokens.flatMap((_, index) => terms.flatMap((term) => hitAt(tokens, index, term) ?? []))
}

/** Returns the words between two positions of a text, without those cut by the positions. */
function tokensOf(text: string, start: number, end: number): Token[] {
  const tokens = [...text.slice(start, end).matchAll(word)].map(({ 0: part, index }) => ({
    from: start + index,
    to: start + index + part.length,
    folded: fold(part),
  }))
  if (tokens[0]?.from === start && wordAtEnd.test(text.slice(Math.max(0, start - 2), start))) tokens.shift()
  if (tokens.at(-1)?.to === end && wordAtStart.test(text.slice(end, end + 2))) tokens.pop()
  return tokens
}

function hitAt(
  tokens: Token[],
  index: number,
  { words, isPrefix }: Term,
): { from: number; to: number } | null {
  const matches = words.every((one, offset) => {
    const folded = tokens[index + offset]?.folded
    return isPrefix && offset === words.length - 1 ? folded?.startsWith(one) : folded === one
  })
  const [first, last] = [tokens[index], tokens[index + words.length - 1]]
  return matches && first && last ? { from: first.from, to: last.to } : null
}

/** Returns the start of a word, some way before the hit. */
function startOf(text: string, hit: number): number {
  if (hit <= BEFORE_HIT) return 0
  const space = text.indexOf(' ', hit - BEFORE_HIT)
  return space >= 0 && space < hit ? space + 1 : hit
}

/** Returns the end of a word if possible, and never splits a surrogate pair. */
function endOf(text: string, start: number): number {
  const end = start + SNIPPET_MAX
  if (end >= text.length) return text.length
  const space = text.lastIndexOf(' ', end)
  if (space > start + SNIPPET_MAX / 2) return space
  const isInside = /[\udc00-\udfff]/.test(text[end] ?? '')
  return isInside ? end - 1 : end
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
