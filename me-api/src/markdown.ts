import MarkdownIt from 'markdown-it'
import sanitize from 'sanitize-html'
import { cutText } from './contract/cut-text.ts'
import { findLinks } from './contract/links.ts'
import { takeLinks } from './contract/markdown-links.ts'
import { colouredCode } from './page-markdown/coloured-code.ts'
import { emojiNames } from './page-markdown/emoji-names.ts'
import { footnotes } from './page-markdown/footnotes.ts'
import { headingAnchors } from './page-markdown/heading-anchors.ts'
import { listDigits } from './page-markdown/list-digits.ts'
import { tables } from './page-markdown/tables.ts'
import { taskLists, withBoxesAsText } from './page-markdown/task-lists.ts'

/** Quotes become typographic; `(c)`, `...` and `--` stay as they are written. */
const markdown = new MarkdownIt({ html: false, typographer: true }).disable('replacements')
takeLinks(markdown, findLinks, (state, { start, end, href }) => {
  const open = state.push('link_open', 'a', 1)
  open.attrs = [['href', markdown.normalizeLink(href)]]
  // As the parser marks its own, so that no typography changes the address.
  open.markup = 'linkify'
  open.info = 'auto'
  state.push('text', '', 0).content = markdown.normalizeLinkText(state.src.slice(start, end))
  const close = state.push('link_close', 'a', -1)
  close.markup = 'linkify'
  close.info = 'auto'
})

for (const extend of [tables, taskLists, footnotes, emojiNames, colouredCode, listDigits, headingAnchors])
  extend(markdown)

const rel = 'noopener noreferrer'

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']

/** The elements of the text itself. */
const elements = headings.concat(
  ['p', 'br', 'hr', 'blockquote', 'pre', 'code', 'ul', 'ol', 'li', 'strong', 'em', 's', 'a', 'img'],
  ['table', 'thead', 'tbody', 'tr', 'th', 'td', 'sup', 'section'],
)

/** The elements that a page may contain. HTML in Markdown is already off; this sanitises a second time. */
const allowed: sanitize.IOptions = {
  allowedTags: [...elements, 'span', 'div', 'label', 'input'],
  allowedAttributes: {
    a: ['href', 'title', 'rel', 'id', 'class', 'role', 'aria-labelledby'],
    img: ['src', 'alt', 'title', 'loading'],
    ...Object.fromEntries(headings.map((heading) => [heading, ['id']])),
    ...Object.fromEntries(['code', 'span', 'div', 'th', 'td'].map((name) => [name, ['class']])),
    ol: ['start', 'class'],
    li: ['id', 'class'],
    input: [{ name: 'type', values: ['checkbox'] }, 'disabled', 'checked'],
    section: ['class', 'role'],
  },
  allowedClasses: {
    a: ['anchor', 'footnote-*'],
    code: ['language-*'],
    span: ['code-*'],
    div: ['table'],
    th: ['align-*'],
    td: ['align-*'],
    ol: ['digits-*'],
    li: ['task'],
    section: ['footnotes'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  transformTags: {
    // The page itself has the only h1.
    h1: 'h2',
    a: (tagName, { rel: _, ...attribs }) => ({
      tagName,
      attribs: isElsewhere(attribs['href']) ? { ...attribs, rel } : attribs,
    }),
    // Pages load nothing from other hosts; a picture from elsewhere becomes a link.
    img: (tagName, attribs): sanitize.Tag =>
      isElsewhere(attribs['src'])
        ? {
            tagName: 'a',
            attribs: { href: attribs['src'] ?? '', rel },
            text: attribs['alt'] || (attribs['src'] ?? ''),
          }
        : { tagName, attribs: { ...attribs, loading: 'lazy' } },
  },
}

const isElsewhere = (href = '') => /^[a-z]+:/i.test(href)

/** Renders Markdown to safe HTML. */
export function renderMarkdown(text: string): string {
  return sanitize(markdown.render(text, {}), allowed).trim()
}

/** What of a page makes sense on other pages: no ids, which several pages on one would share, and nothing to press. */
const allowedElsewhere: sanitize.IOptions = {
  ...allowed,
  allowedTags: elements,
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    code: ['class'],
    ol: ['start'],
  },
  allowedClasses: { code: ['language-*'] },
}

/** Links within a page, in it as sanitised. A filter of the sanitiser takes time with the square of the page's length. */
const innerLinks = /<a class="(?:anchor|footnote-back)"[^>]*>[^<]*<\/a>/g

/** Makes a rendered page ready to be read elsewhere, with absolute addresses; `base` is the page's own address. */
export function toFeedContent(html: string, base: string): string {
  const resolve = (name: string) => (tagName: string, attribs: sanitize.Attributes) => {
    const address = attribs[name]
    const absolute = address === undefined ? null : URL.parse(address, base)
    return { tagName, attribs: absolute ? { ...attribs, [name]: absolute.href } : attribs }
  }
  return sanitize(withBoxesAsText(html.replace(innerLinks, '')), {
    ...allowedElsewhere,
    transformTags: { a: resolve('href'), img: resolve('src') },
  })
}

/** The longest end of a word that is left out where a description is cut within it, in UTF-16 units. */
const partialWord = / \S{0,40}$/

/**
 * Describes a page by the beginning of its paragraphs as plain text, at most `max` UTF-16 units and an ellipsis. Headings,
 * pictures, tables and blocks of code are left out; lists count only where a page has no paragraph.
 */
export function excerpt(pageMarkdown: string, max = 180): string {
  const tokens = withoutFootnotes(markdown.parse(pageMarkdown, {}))
  const paragraphs = tokens.flatMap((token, index) =>
    token.type === 'paragraph_open' ? [{ isTight: token.hidden, text: plainText(tokens[index + 1]) }] : [],
  )
  const text =
    joined(paragraphs.filter(({ isTight }) => !isTight).map(({ text }) => text)) ||
    joined(paragraphs.map(({ text }) => text))
  return text.length <= max ? text : `${cutText(text, max).replace(partialWord, '')}…`
}

type Token = ReturnType<typeof markdown.parse>[number]

function withoutFootnotes(tokens: readonly Token[]): readonly Token[] {
  const start = tokens.findIndex(({ type }) => type === 'footnote_block_open')
  return start < 0 ? tokens : tokens.slice(0, start)
}

const plainText = (inline: Token | undefined): string =>
  (inline?.children ?? [])
    .filter(({ type }) => type !== 'image')
    .map(({ type, content }) => (type.endsWith('break') ? ' ' : content))
    .join('')

const joined = (paragraphs: readonly string[]): string => paragraphs.join(' ').replace(/\s+/g, ' ').trim()
