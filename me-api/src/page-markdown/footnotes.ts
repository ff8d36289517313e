import type { MarkdownIt } from 'markdown-it'
import footnote from 'markdown-it-footnote'

/** The longest name of a footnote, in UTF-16 units. */
const NAME_MAX = 100

/** Footnotes, `[^name]` and `[^name]: text`. One that nobody defines, and `^[text]`, stay as they are written. */
export function footnotes(markdown: MarkdownIt): void {
  markdown.use(footnote).disable('footnote_inline')
  limitNames(markdown)
  // The package's own rule loses what stands around a definition within another one.
  markdown.core.ruler.at('footnote_tail', placeNotes)
  const { rules } = markdown.renderer
  // No words: a page is rendered once for readers of every language. Roles and numbers name the links.
  rules['footnote_ref'] = (tokens, index) => {
    const { note, reference } = idsOf(tokens[index]!)
    return `<sup><a class="footnote-ref" href="#${note}" id="${reference}" role="doc-noteref">[${numberOf(tokens[index]!)}]</a></sup>`
  }
  rules['footnote_block_open'] = () => '<section class="footnotes" role="doc-endnotes">\n<ol>\n'
  rules['footnote_open'] = (tokens, index) => `<li id="${idsOf(tokens[index]!).note}">`
  rules['footnote_anchor'] = (tokens, index) => {
    const { reference } = idsOf(tokens[index]!)
    return ` <a class="footnote-back" href="#${reference}" aria-labelledby="${reference}" role="doc-backlink">\u21a9\ufe0e</a>`
  }
}

/** Without a limit each `[^` of a long line is compared with all that follows it. */
function limitNames({ inline }: MarkdownIt): void {
  const readReference = inline.ruler.getRules('').find(({ name }) => name === 'footnote_ref')
  if (!readReference) throw new Error('The parser has no rule for footnotes')
  const name = new RegExp(String.raw`\[\^[^\s\]]{1,${NAME_MAX}}\]`, 'y')
  inline.ruler.at('footnote_ref', (state, silent) => {
    name.lastIndex = state.pos
    return name.test(state.src) && readReference(state, silent)
  })
}

type StateCore = Parameters<MarkdownIt['core']['process']>[0]
type Token = StateCore['tokens'][number]

/** Moves the notes that are referred to below the page, in the order in which a reader meets the references. */
function placeNotes(state: StateCore): void {
  const { Token } = state
  const { body, notes } = takeDefinitions(state.tokens)
  state.tokens = body
  const found = numberReferences(body, notes)
  if (found.size === 0) return
  body.push(new Token('footnote_block_open', '', 1))
  for (const [name, { id, count }] of found) {
    const markOf = (type: string, nesting: 1 | 0 | -1, subId = 0) =>
      Object.assign(new Token(type, '', nesting), { meta: { id, subId } })
    const note = notes.get(name) ?? []
    const backLinks = Array.from({ length: count }, (_, subId) => markOf('footnote_anchor', 0, subId))
    const end = note.at(-1)?.type === 'paragraph_close' ? -1 : note.length
    body.push(markOf('footnote_open', 1))
    for (const token of note.toSpliced(end, 0, ...backLinks)) body.push(token)
    body.push(markOf('footnote_close', -1))
  }
  body.push(new Token('footnote_block_close', '', -1))
}

/**
 * Separates the notes by name from the text. A definition may stand in a quote, a list or another definition; what is
 * around it stays there. Definitions of one name are one note.
 */
function takeDefinitions(tokens: readonly Token[]): { body: Token[]; notes: Map<string, Token[]> } {
  const body: Token[] = []
  const notes = new Map<string, Token[]>()
  const open = [body]
  for (const token of tokens) {
    if (token.type === 'footnote_reference_open') {
      const { label } = token.meta as { label: string }
      const note = notes.get(label) ?? []
      notes.set(label, note)
      open.push(note)
    } else if (token.type === 'footnote_reference_close') open.pop()
    else open.at(-1)!.push(token)
  }
  return { body, notes }
}

/** Numbers the references in the text, then those in the notes referred to; returns these notes. */
function numberReferences(body: readonly Token[], notes: ReadonlyMap<string, readonly Token[]>) {
  const found = new Map<string, { id: number; count: number }>()
  const number = (tokens: readonly Token[]) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'footnote_ref') continue
      const { label } = token.meta as { label: string }
      const { id, count } = found.get(label) ?? { id: found.size, count: 0 }
      token.meta = { id, subId: count }
      found.set(label, { id, count: count + 1 })
    }
  }
  number(body)
  // It grows by what its own notes refer to.
  for (const name of found.keys()) number(notes.get(name) ?? [])
  return found
}

/** Counted from 1. */
const numberOf = ({ meta }: Token): number => (meta as { id: number }).id + 1

function idsOf(token: Token): { note: string; reference: string } {
  const { subId = 0 } = token.meta as { subId?: number }
  const number = numberOf(token)
  return { note: `fn-${number}`, reference: `fnref-${number}${subId > 0 ? `-${subId + 1}` : ''}` }
}
