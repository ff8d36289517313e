import type { MarkdownIt, StateInline } from 'markdown-it'
import type { Link } from './links.ts'

/**
 * Makes a Markdown parser take the links that `find` finds, before any other inline rule reads their characters: marks
 * within a link are no emphasis. Code and a Markdown link that begin before a link come first. `push` adds a link's tokens.
 */
export function takeLinks(
  { inline }: MarkdownIt,
  find: (text: string) => Link[],
  push: (state: StateInline, link: Link) => void,
): void {
  const [readText] = inline.ruler.getRules('')
  if (!readText) throw new Error('The parser has no rule for text')
  const nextLinks = new WeakMap<StateInline, (position: number) => Link | undefined>()

  inline.ruler.at('text', (state, silent) => {
    const { pos, posMax } = state
    const nextLink = nextLinks.get(state) ?? lookUp(find(state.src))
    nextLinks.set(state, nextLink)
    const link = nextLink(pos)
    if (link?.start !== pos || link.end > posMax) {
      // Plain text, up to the link.
      state.posMax = Math.min(posMax, link && link.start > pos ? link.start : posMax)
      const isText = readText(state, silent)
      state.posMax = posMax
      return isText
    }
    if (!silent && state.linkLevel > 0) state.pending += state.src.slice(pos, link.end)
    else if (!silent) push(state, link)
    state.pos = link.end
    return true
  })
}

/** Finds the first link at or after a position. The parser mostly goes forwards, so each look-up begins at the last. */
function lookUp(links: readonly Link[]): (position: number) => Link | undefined {
  let index = 0
  return (position) => {
    while (index > 0 && links[index - 1]!.start >= position) index--
    while (index < links.length && links[index]!.start < position) index++
    return links[index]
  }
}
