import type { MarkdownIt } from 'markdown-it'
import footnote from 'markdown-it-footnote'

/** The longest name of a footnote, in UTF-16 units. */
const NAME_MAX = 100

/** Footnotes, `[^name]` and `[^name]: text`. One that nobody defines, and `^[text]`, stay as they are written. */
export function footnotes(markdown: MarkdownIt): void {
  markdown.use(footnote).disable('footnote_inline')
  limitNames(markdown)
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

type Token = ReturnType<MarkdownIt['parse']>[number]

/** Counted from 1. */
const numberOf = ({ meta }: Token): number => (meta as { id: number }).id + 1

function idsOf(token: Token): { note: string; reference: string } {
  const { subId = 0 } = token.meta as { subId?: number }
  const number = numberOf(token)
  return { note: `fn-${number}`, reference: `fnref-${number}${subId > 0 ? `-${subId + 1}` : ''}` }
}
