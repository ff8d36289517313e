/** What somebody searches for: words in their order, of which the last may be only the beginning of one. */
export type Term = { words: string[]; isPrefix: boolean }

/** Letters and digits of any script, with what is written above and below them. */
const word = /[\p{L}\p{N}\p{M}]+/gu

/** Without case and accents. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()

/**
 * Reads a query: words and `"phrases"` that must all occur, the last word, where it stands outside a phrase, as a
 * prefix. Everything else in it separates words, so that no input is a syntax error.
 */
export function readTerms(query: string): Term[] {
  const parts = query.split('"')
  const terms = parts.flatMap((part, index): Term[] => {
    const words = part.match(word) ?? []
    const isPhrase = index % 2 === 1 && words.length > 0
    return isPhrase ? [{ words, isPrefix: false }] : words.map((one) => ({ words: [one], isPrefix: false }))
  })
  const last = terms.at(-1)
  const endsInWord = parts.length % 2 === 1 && /[\p{L}\p{N}\p{M}]$/u.test(query)
  if (last && endsInWord) last.isPrefix = true
  return terms
}

/** Characters of a snippet at most, in UTF-16 units. */
const SNIPPET_MAX = 160
/** How many of them stand before the first hit. */
const BEFORE_HIT = 40

type Token = { from: number; to: number; folded: string }

/** The text around the first hit, and where in it the hits are: `[from, to)` in UTF-16 units. */
export function snippetOf(text: string, query: Term[]): { snippet: string; marks: [number, number][] } {
  const terms = query.map(({ words, isPrefix }) => ({ words: words.map(fold), isPrefix }))
  const tokens = tokensOf(text)
  const hits = tokens.flatMap((_, index) => terms.flatMap((term) => hitAt(tokens, index, term) ?? []))
  const start = startOf(text, hits[0]?.from ?? 0)
  const end = endOf(text, start)
  const [before, after] = [start > 0 ? '…' : '', end < text.length ? '…' : '']
  const shift = before.length - start
  const marks = hits
    .filter(({ from, to }) => from >= start && to <= end)
    .map(({ from, to }): [number, number] => [from + shift, to + shift])
  return { snippet: before + text.slice(start, end) + after, marks: joined(marks) }
}

const tokensOf = (text: string): Token[] =>
  [...text.matchAll(word)].map(({ 0: part, index }) => ({
    from: index,
    to: index + part.length,
    folded: fold(part),
  }))

function hitAt(tokens: Token[], index: number, { words, isPrefix }: Term): Token | null {
  const matches = words.every((one, offset) => {
    const folded = tokens[index + offset]?.folded
    return isPrefix && offset === words.length - 1 ? folded?.startsWith(one) : folded === one
  })
  const [first, last] = [tokens[index], tokens[index + words.length - 1]]
  return matches && first && last ? { ...first, to: last.to } : null
}

/** Begins at a word, some way before the hit. */
function startOf(text: string, hit: number): number {
  if (hit <= BEFORE_HIT) return 0
  const space = text.indexOf(' ', hit - BEFORE_HIT)
  return space >= 0 && space < hit ? space + 1 : hit
}

/** Ends at a word where there is one, and never between the halves of a character. */
function endOf(text: string, start: number): number {
  const end = start + SNIPPET_MAX
  if (end >= text.length) return text.length
  const space = text.lastIndexOf(' ', end)
  if (space > start + SNIPPET_MAX / 2) return space
  const isInside = /[\udc00-\udfff]/.test(text[end] ?? '')
  return isInside ? end - 1 : end
}

/** Marks that overlap become one. */
function joined(marks: [number, number][]): [number, number][] {
  const result: [number, number][] = []
  for (const [from, to] of marks.toSorted((one, other) => one[0] - other[0])) {
    const last = result.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
