import type { MarkdownIt } from 'markdown-it'

/** Keeps a heading's id apart from every other id of the page, and from the names of JavaScript (`constructor`). */
const PREFIX = 'h-'

/** The longest part of an id that is made from the heading's text, in code points. */
const SLUG_MAX = 60

/**
 * Gives each heading an id made from its text, so that it is the same as long as the text is, and a link to itself. The
 * link has no words of its own, because a page is rendered once for readers of every language: the heading names it.
 */
export function headingAnchors({ core }: MarkdownIt): void {
  core.ruler.push('heading_anchors', ({ tokens, Token }) => {
    const nextOf = createCounter()
    for (const [index, heading] of tokens.entries()) {
      const children = tokens[index + 1]?.children
      if (heading.type !== 'heading_open' || !children) continue
      const text = children.map(({ type, content }) => (type.endsWith('break') ? ' ' : content)).join('')
      if (!text.trim()) continue
      const id = PREFIX + nextOf(slugOf(text))
      heading.attrSet('id', id)
      const link = new Token('link_open', 'a', 1)
      link.attrs = [
        ['class', 'anchor'],
        ['href', `#${id}`],
        ['aria-labelledby', id],
      ]
      children.push(link, new Token('link_close', 'a', -1))
    }
  })
}

function slugOf(text: string): string {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return Array.from(words.join('-')).slice(0, SLUG_MAX).join('').replace(/-$/, '') || 'section'
}

/** Returns a function that makes names unique: `a`, `a-2`, `a-3`. */
function createCounter(): (name: string) => string {
  const used = new Set<string>()
  const counts = new Map<string, number>()
  return (name) => {
    const numbered = (count: number) => (count === 1 ? name : `${name}-${count}`)
    let count = (counts.get(name) ?? 0) + 1
    while (used.has(numbered(count))) count++
    counts.set(name, count)
    used.add(numbered(count))
    return numbered(count)
  }
}
