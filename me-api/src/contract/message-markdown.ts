import MarkdownIt from 'markdown-it'
import { findAddresses } from './links.ts'
import { takeLinks } from './markdown-links.ts'
import { mentions, NOT_SPOKEN } from './mentions.ts'

/** The elements of a formatted text; block and inline, as a tree. `tag` is one of those listed in TAGS below. */
export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'code'; text: string }
  | { kind: 'fence'; text: string; language: string }
  /** A link as it was written, without words of its own. */
  | { kind: 'address'; text: string }
  | { kind: 'link'; href: string; children: Node[] }
  | { kind: 'element'; tag: Tag; start?: number; children: Node[] }

const TAGS = ['p', 'em', 'strong', 's', 'blockquote', 'ul', 'ol', 'li'] as const
type Tag = (typeof TAGS)[number]

/** Deeper than this, what is written stays as it is. */
const NESTING_MAX = 12

/**
 * CommonMark without headings, tables, images, HTML, references and indented code: what people write in a chat, and
 * nothing that could load or run anything.
 */
const markdown = new MarkdownIt('zero', { html: false, linkify: false, maxNesting: NESTING_MAX })
  .enable(['blockquote', 'fence', 'list'])
  .enable(['backticks', 'emphasis', 'escape', 'link', 'newline', 'strikethrough'])
  // What follows a backslash stays a text of its own, so that it is no part of an emoji's name.
  .disable('text_join')
// Where a link leads is read by the browser's own rules, see shown-host.ts; so it stays as it was written.
markdown.normalizeLink = (address) => address
markdown.validateLink = (address) => /^(?:https?:|mailto:)/i.test(address) && URL.canParse(address)
takeLinks(markdown, findAddresses, (state, { href }) => (state.push('address', '', 0).content = href))

// Between two letters or digits a star is a star: in `2*3*4` nothing is emphasised. Scripts without spaces between words
// keep their emphasis. After an @ an underscore begins a nick such as `_ada_`.
markdown.inline.State = class extends markdown.inline.State {
  override scanDelims(start: number, canSplitWord: boolean) {
    let end = start + 1
    while (this.src[end] === this.src[start]) end++
    const isWithinWord = isLatin(this.src[start - 1]) && isLatin(this.src[end])
    const run = super.scanDelims(start, canSplitWord && !isWithinWord)
    return this.src[start] === '_' && this.src[start - 1] === '@' ? { ...run, can_open: false } : run
  }
}

const isLatin = (letter = '') => /[a-z\d]/i.test(letter)

type Token = ReturnType<typeof markdown.parse>[number]

/** Reads a chat message. It never fails: what is no Markdown is text. */
export function readMarkdown(text: string): Node[] {
  return toTree(markdown.parse(text, {}))
}

/** An @, also as Japanese keyboards write it. */
const AT = /[@＠﹫]/

/**
 * Whether a message mentions somebody: their nick after an @, neither in code or a link nor as part of a longer name.
 * Where the nicks of several `others`, who are there too, fit, the longest is meant. Used for everything that tells
 * somebody that they are meant.
 */
export const isMentioned = (text: string, nick: string, others: Iterable<string> = []): boolean =>
  AT.test(text) && mentions(spoken(readMarkdown(text)), nick, others)

/** What a message says by itself, with `NOT_SPOKEN` for each piece of code and each link. */
function spoken(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text') return node.text
      if (node.kind === 'break') return '\n'
      if (node.kind !== 'element') return NOT_SPOKEN
      return isBlock(node.tag) ? `${spoken(node.children)}\n` : spoken(node.children)
    })
    .join('')
}

/** Whether an element begins on a line of its own. */
export const isBlock = (tag: Tag): boolean => !['em', 'strong', 's'].includes(tag)

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
    case 'text_special':
      return token.content ? [{ kind: 'text', text: token.content }] : []
    case 'softbreak':
    case 'hardbreak':
      return [{ kind: 'break' }]
    case 'code_inline':
      return [{ kind: 'code', text: token.content }]
    case 'fence':
      return [{ kind: 'fence', text: token.content.replace(/\n$/, ''), language: languageOf(token.info) }]
    case 'address':
      return [{ kind: 'address', text: token.content }]
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

const isTag = (tag: string): tag is Tag => (TAGS as readonly string[]).includes(tag)
const languageOf = (info: string): string => (/^[\w+#-]{1,20}/.exec(info.trim())?.[0] ?? '').toLowerCase()
