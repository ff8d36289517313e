import type { Quote } from 'me-api/contract'
import { type Place, findQuote } from './find-quote.ts'
import { type ProseText, readProse } from './prose-text.ts'
import { quoteAt } from './quote-at.ts'
import { keyOf } from '../talk.ts'

/** The prose of a page, read once: it is to be read anew when the page has changed it. */
export function readPassages(root: HTMLElement) {
  const prose = readProse<Node>(root)
  const found = new Map<string, Range | null>()

  return {
    /** Returns the range of a passage; null where it is not there (any more). */
    find(quote: Quote): Range | null {
      const key = keyOf(quote)
      const known = found.get(key)
      if (known !== undefined) return known
      const place = findQuote(prose.text, quote)
      const range = place && rangeOf(prose, place)
      found.set(key, range)
      return range
    },

    /** Returns the passage that is selected; undefined where none is, or one outside the prose. */
    selected(selection: Selection | null): { quote: Quote; range: Range } | undefined {
      if (!selection || selection.isCollapsed || selection.rangeCount === 0 || !prose.text) return undefined
      // One end may lie outside, as that of a paragraph does which was selected by three clicks.
      if (!root.contains(selection.anchorNode) && !root.contains(selection.focusNode)) return undefined
      const range = selection.getRangeAt(0)
      const quote = quoteAt(prose.text, indexOf(prose, range, 'start'), indexOf(prose, range, 'end'))
      return quote && { quote, range }
    },
  }
}

export type Passages = ReturnType<typeof readPassages>

function rangeOf({ pointAt }: ProseText<Node>, { start, end }: Place): Range {
  const [first, last] = [pointAt(start), pointAt(end - 1)]
  const range = document.createRange()
  range.setStart(first.node, first.offset)
  range.setEnd(last.node, last.offset + 1)
  return range
}

/** Returns the index of the first character behind an end of a range. */
function indexOf({ text, pointAt }: ProseText<Node>, range: Range, side: 'start' | 'end'): number {
  const end = range.cloneRange()
  end.collapse(side === 'start')
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const { node, offset } = pointAt(middle)
    if (end.comparePoint(node, offset) < 0) low = middle + 1
    else high = middle
  }
  return low
}
