import search from 'approx-string-match'
import type { Quote } from 'me-api/contract'
import { snapped } from './quote-at.ts'

/** A part of a text, in UTF-16 units. */
export type Place = { start: number; end: number }

/** The least characters of a passage that says by itself where it stands; a shorter one needs what is around it. */
const TELLING = 12
/** The least that has to be alike of what is around a passage, from 0 to 1, where the passage alone does not tell. */
const LIKE_MIN = 0.5
/** The least characters of prefix and suffix that say where a passage stood which is not there any more. */
const CONTEXT_MIN = 8
/** The most changes in a passage, by its length: where only the passage tells, and where what is around it does too. */
const CHANGED_MAX = { alone: 0.2, inPlace: 0.4 }
/** How many places of a passage are compared by edit distance: of more, those with the most of the same letters around. */
const COMPARED_MAX = 40
/** Of a passage of fewer characters only one may be another: what is left would be anywhere. */
const SHORT = 10

/**
 * Finds a passage in a text as `readProse` reads it, also after the text was edited: as it was, where there are several by
 * what is around them; else what stands between the same prefix and suffix; else what is nearest by edit distance.
 * Returns null where none is near enough: a wrong passage would be worse than none.
 */
export function findQuote(text: string, quote: Quote): Place | null {
  const exact = spaced(quote.exact).trim()
  if (!exact) return null
  const wanted = { exact, prefix: spaced(quote.prefix).trim(), suffix: spaced(quote.suffix).trim() }
  return findExact(text, wanted) ?? findBetween(text, wanted) ?? findNearest(text, wanted)
}

const spaced = (text: string): string => text.replace(/\s+/g, ' ')

function findExact(text: string, quote: Quote): Place | null {
  const { exact } = quote
  const places = startsOf(text, exact).map((start) => ({ start, end: start + exact.length }))
  const found = mostLike(text, places, quote)
  if (!found) return null
  const tells = exact.length >= TELLING || (places.length === 1 && exact.length >= 4)
  return tells || found.likeness >= LIKE_MIN ? found.place : null
}

/** A passage that was written anew, in its old place. */
function findBetween(text: string, { exact, prefix, suffix }: Quote): Place | null {
  if (prefix.length < CONTEXT_MIN || suffix.length < CONTEXT_MIN) return null
  const ends = startsOf(text, suffix)
  const gaps = startsOf(text, prefix).flatMap((before) => {
    const start = before + prefix.length
    const end = ends.find((after) => after > start)
    if (end === undefined || end - start > 2 * exact.length + CONTEXT_MIN) return []
    const place = trimmed(text, { start, end })
    return place ? [place] : []
  })
  const [shortest] = gaps.toSorted((a, b) => a.end - a.start - (b.end - b.start))
  return shortest ?? null
}

function findNearest(text: string, quote: Quote): Place | null {
  const { length } = quote.exact
  // All have the same number of errors, the fewest that there are.
  const matches = search(text, quote.exact, length < SHORT ? 1 : Math.floor(length * CHANGED_MAX.inPlace))
  const found = mostLike(text, matches, quote)
  if (!found) return null
  const changed = (matches[0]?.errors ?? 0) / length
  const isNear = (changed <= CHANGED_MAX.alone && length >= TELLING) || found.likeness > LIKE_MIN
  return isNear ? trimmed(text, found.place) : null
}

/** Returns the place whose surroundings are most like those of the quote, the first one of several. */
function mostLike(
  text: string,
  places: readonly Place[],
  quote: Quote,
): { place: Place; likeness: number } | undefined {
  const [only, ...others] = places.length > COMPARED_MAX ? nearestOf(text, places, quote) : places
  if (!only) return undefined
  let best = { place: only, likeness: likenessAt(text, only, quote) }
  for (const place of others) {
    const likeness = likenessAt(text, place, quote)
    if (likeness > best.likeness) best = { place, likeness }
  }
  return best
}

function nearestOf(text: string, places: readonly Place[], { prefix, suffix }: Quote): Place[] {
  const scored = places.map((place) => ({
    place,
    score: sameBefore(text, place.start, prefix) + sameAfter(text, place.end, suffix),
  }))
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, COMPARED_MAX)
    .map(({ place }) => place)
}

/** How many characters in front of a place are those at the end of the prefix. */
function sameBefore(text: string, start: number, prefix: string): number {
  const at = text[start - 1] === ' ' ? start - 1 : start
  let count = 0
  while (count < prefix.length && text[at - 1 - count] === prefix.at(-1 - count)) count++
  return count
}

function sameAfter(text: string, end: number, suffix: string): number {
  const at = text[end] === ' ' ? end + 1 : end
  let count = 0
  while (count < suffix.length && text[at + count] === suffix[count]) count++
  return count
}

/** How much of the quote's prefix and suffix stands around a place, from 0 to 1; 1 where it has neither. */
function likenessAt(text: string, { start, end }: Place, { prefix, suffix }: Quote): number {
  const length = prefix.length + suffix.length
  if (length === 0) return 1
  const before = text.slice(Math.max(0, start - prefix.length - 1), start).trim()
  const after = text.slice(end, end + suffix.length + 1).trim()
  return 1 - (distance(before, prefix) + distance(after, suffix)) / length
}

/**
 * Returns the fewest changes that make some part of a text what is wanted (P. H. Sellers, 1980). The search by edit distance
 * would look for where each such part begins, which takes a thousand times as long where all of a text may be changed.
 */
export function distance(text: string, wanted: string): number {
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index)
  let fewest = wanted.length
  for (let at = 0; at < text.length; at++) {
    const next = [0]
    for (let index = 1; index < row.length; index++) {
      const replaced = row[index - 1]! + Number(text[at] !== wanted[index - 1])
      next.push(Math.min(replaced, row[index]! + 1, next[index - 1]! + 1))
    }
    row = next
    fewest = Math.min(fewest, row[wanted.length]!)
  }
  return fewest
}

function startsOf(text: string, part: string): number[] {
  const starts: number[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) starts.push(at)
  return starts
}

/** Without white space at its ends, and without half a code point. */
function trimmed(text: string, { start, end }: Place): Place | null {
  let [from, to] = [snapped(text, start, -1), snapped(text, end, 1)]
  while (from < to && text[from] === ' ') from++
  while (from < to && text[to - 1] === ' ') to--
  return from < to ? { start: from, end: to } : null
}
