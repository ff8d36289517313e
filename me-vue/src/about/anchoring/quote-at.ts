import type { Quote } from 'me-api/contract'

/** The contract's lengths, in code points (docs/contract.md). */
const EXACT_MAX = 300
const CONTEXT_MAX = 32

/**
 * Makes a text-quote selector (W3C Web Annotation Data Model, §4.2.4) of a part of a text, given by two indices in UTF-16
 * units. A longer passage is cut at its end, and a code point is never. Returns undefined where nothing but white space is
 * there.
 */
export function quoteAt(text: string, start: number, end: number): Quote | undefined {
  let [from, to] = [snapped(text, start, -1), snapped(text, end, 1)]
  while (from < to && /\s/.test(text[from]!)) from++
  while (from < to && /\s/.test(text[to - 1]!)) to--
  if (from >= to) return undefined
  const exact = Array.from(text.slice(from, to)).slice(0, EXACT_MAX).join('').trimEnd()
  to = from + exact.length
  return {
    exact,
    prefix: Array.from(text.slice(Math.max(0, from - 2 * CONTEXT_MAX), from))
      .slice(-CONTEXT_MAX)
      .join(''),
    suffix: Array.from(text.slice(to, to + 2 * CONTEXT_MAX))
      .slice(0, CONTEXT_MAX)
      .join(''),
  }
}

/** An index that is not within a code point, moved by `step` where it is. */
export const snapped = (text: string, index: number, step: -1 | 1): number =>
  /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(0, index - 1), index + 1)) ? index + step : index
