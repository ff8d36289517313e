import MarkdownIt from 'markdown-it'
import { withShortcodes } from './shortcodes.ts'

/** The elements of a formatted text; block and inline, as a tree. `tag` is one of those listed in TAGS below. */
export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'code'; text: string }
  | { kind: 'fence'; text: string; language: string }
  | { kind: 'link'; href: string; children: Node[] }
  | { kind: 'element'; tag: Tag; start?: number; children: Node[] }

const TAGS = ['p', 'em', 'strong', 's', 'blockquote', 'ul', 'ol', 'li'] as const
type Tag = (typeof TAGS)[number]

/** Deeper than this, what is written stays as it is. */
const NESTING_MAX = 12

/**
 * CommonMark without headings, tables, images, HTML, references and indented code: what people write in a chat, and
 * nothing that could load or run anything. Addresses are found by our own rule, the one for plain texts.
 */
const markdown = new MarkdownIt('zero', { html: false, linkify: false, maxNesting: NESTING_MAX })
  .enable(['blockquote', 'fence', 'list'])
  .enable(['backticks', 'emphasis', 'escape', 'link', 'newline', 'strikethrough'])
// Where a link leads is read by the browser's own rules, see links.ts; so it stays as it was written.
markdown.normalizeLink = (address) => address
markdown.validateLink = (address) => /^(?:https?:|mailto:)/i.test(address) && URL.canParse(address)

// Between two letters or digits a star is a star: in `2*3*4` nothing is emphasised. Scripts without spaces between words
// keep their emphasis.
markdown.inline.State = class extends markdown.inline.State {
  override scanDelims(start: number, canSplitWord: boolean) {
    let end = start + 1
    while (this.src[end] === this.src[start]) end++
    const isWithinWord = isLatin(this.src[start - 1]) && isLatin(this.src[end])
    return super.scanDelims(start, canSplitWord && !isWithinWord)
  }
}

const isLatin = (letter = '') => /[a-z\d]/i.test(letter)

type Token = ReturnType<typeof markdown.parse>[number]

/** Reads a chat message. It never fails: what is no Markdown is text. */
export function readMarkdown(text: string): Node[] {
  return toTree(markdown.parse(text, {}))
}

function toTree(tokens: readonly Token[]): Node[] {
  const top: Node[] = []
  const open: Node[][] = [top]
  for (const token of tokens) {
    if (token.nesting < 0) {
      if (!token.hidden) open.pop()
      continue
    }
    const nodes = toNodes(token)
    open.at(-1)?.push(...nodes)
    const [node] = nodes
    if (token.nesting > 0 && node && 'children' in node) open.push(node.children)
  }
  return top
}

function toNodes(token: Token): Node[] {
  if (token.hidden) return []
  switch (token.type) {
    case 'inline':
      return toTree(token.children ?? [])
    case 'text':
      return token.content ? [{ kind: 'text', text: withShortcodes(token.content) }] : []
    case 'softbreak':
    case 'hardbreak':
      return [{ kind: 'break' }]
    case 'code_inline':
      return [{ kind: 'code', text: token.content }]
    case 'fence':
      return [{ kind: 'fence', text: token.content.replace(/\n$/, ''), language: languageOf(token.info) }]
    case 'link_open':
      return [{ kind: 'link', href: String(token.attrGet('href') ?? ''), children: [] }]
    default:
      return isTag(token.tag) ? [elementOf(token.tag, token)] : [{ kind: 'text', text: token.content }]
  }
}

function elementOf(tag: Tag, token: Token): Node {
  const start = tag === 'ol' ? Number(token.attrGet('start') ?? 1) : 1
  return { kind: 'element', tag, ...(start !== 1 && { start }), children: [] }
}

export const isBlock = (tag: Tag): boolean => !['em', 'strong', 's'].includes(tag)
const isTag = (tag: string): tag is Tag => (TAGS as readonly string[]).includes(tag)
const languageOf = (info: string): string => (/^[\w+#-]{1,20}/.exec(info.trim())?.[0] ?? '').toLowerCase()
