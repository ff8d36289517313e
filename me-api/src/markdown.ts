import MarkdownIt from 'markdown-it'
import sanitize from 'sanitize-html'

/** Quotes become typographic; `(c)`, `...` and `--` stay as they are written. */
const markdown = new MarkdownIt({ html: false, linkify: true, typographer: true }).disable('replacements')

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
    ol: ['start'],
  },
  allowedClasses: { code: ['language-*'] },
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

/** Characters of a page's HTML that are searched for its first text; a page may have 64 KiB. */
const BEGINNING = 8_000

/** Returns the beginning of a rendered page as plain text, at most `max` characters, for descriptions. */
export function excerpt(html: string, max = 180): string {
  const spaced = html.slice(0, BEGINNING).replace(/<\/(p|li|h\d|pre|blockquote)>/g, ' ')
  const escaped = sanitize(spaced, { allowedTags: [], allowedAttributes: {} })
  const plain = escaped.replace(/&(amp|lt|gt|quot);/g, (_, name: keyof typeof characters) => characters[name])
  const text = plain.replace(/\s+/g, ' ').trim()
  return text.length <= max ? text : `${text.slice(0, max).replace(/ \S*$/, '')}…`
}

const characters = { amp: '&', lt: '<', gt: '>', quot: '"' }
