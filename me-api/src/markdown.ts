import MarkdownIt from 'markdown-it'
import sanitize from 'sanitize-html'
import { cutText } from './contract/cut-text.ts'
import { findLinks } from './contract/links.ts'
import { takeLinks } from './contract/markdown-links.ts'

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

/** A list whose numbers have more than two digits is marked, because only the page can give them the room. */
markdown.core.ruler.push('digits', ({ tokens }) => {
  const lists: { list: Token; number: number }[] = []
  for (const token of tokens) {
    if (token.type === 'bullet_list_open') lists.push({ list: token, number: 0 })
    else if (token.type === 'ordered_list_open')
      lists.push({ list: token, number: Number(token.attrGet('start') ?? 1) - 1 })
    else if (token.type === 'list_item_open') lists.at(-1)!.number++
    else if (token.type.endsWith('_list_close')) {
      const { list, number } = lists.pop()!
      const digits = String(number).length
      if (digits > 2) list.attrSet('class', `digits-${digits > 4 ? 9 : digits}`)
    }
  }
})

const rel = 'noopener noreferrer'

/** The elements that a page may contain. HTML in Markdown is already off; this sanitises a second time. */
const allowed: sanitize.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'ul', 'ol', 'li'],
    ...['strong', 'em', 's', 'a', 'img', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    code: ['class'],
    ol: ['start', 'class'],
  },
  allowedClasses: { code: ['language-*'], ol: ['digits-*'] },
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
  return sanitize(markdown.render(text), allowed).trim()
}

/** Makes the addresses in a rendered page absolute, for readers of it elsewhere; `base` is the page's own address. */
export function withAbsoluteAddresses(html: string, base: string): string {
  const resolve = (name: string) => (tagName: string, attribs: sanitize.Attributes) => {
    const address = attribs[name]
    const absolute = address === undefined ? null : URL.parse(address, base)
    return { tagName, attribs: absolute ? { ...attribs, [name]: absolute.href } : attribs }
  }
  return sanitize(html, { ...allowed, transformTags: { a: resolve('href'), img: resolve('src') } })
}

/** The longest end of a word that is left out where a description is cut within it, in UTF-16 units. */
const partialWord = / \S{0,40}$/

/**
 * Describes a page by the beginning of its paragraphs as plain text, at most `max` UTF-16 units and an ellipsis. Headings,
 * pictures, tables and blocks of code are left out; lists count only where a page has no paragraph.
 */
export function excerpt(pageMarkdown: string, max = 180): string {
  const tokens = markdown.parse(pageMarkdown, {})
  const paragraphs = tokens.flatMap((token, index) =>
    token.type === 'paragraph_open' ? [{ isTight: token.hidden, text: plainText(tokens[index + 1]) }] : [],
  )
  const text =
    joined(paragraphs.filter(({ isTight }) => !isTight).map(({ text }) => text)) ||
    joined(paragraphs.map(({ text }) => text))
  return text.length <= max ? text : `${cutText(text, max).replace(partialWord, '')}…`
}

type Token = ReturnType<typeof markdown.parse>[number]

const plainText = (inline: Token | undefined): string =>
  (inline?.children ?? [])
    .filter(({ type }) => type !== 'image')
    .map(({ type, content }) => (type.endsWith('break') ? ' ' : content))
    .join('')

const joined = (paragraphs: readonly string[]): string => paragraphs.join(' ').replace(/\s+/g, ' ').trim()
