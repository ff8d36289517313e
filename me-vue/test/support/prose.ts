import { type ProseNode, readProse } from '../../src/about/anchoring/prose-text.ts'

// One after the other: the renderer's sanitiser requires the parser, which Jest must not be loading at that moment.
const { renderMarkdown } = await import('../../../me-api/src/markdown.ts')
const { parseDocument } = await import('htmlparser2')

/** The text of a page as the site reads it, rendered from Markdown by the server's own renderer. */
export const proseOf = (markdown: string): string => textOfHtml(renderMarkdown(markdown))

export const textOfHtml = (html: string): string => readHtml(html).text

export const readHtml = (html: string) => readProse<ProseNode>(parseDocument(html))
