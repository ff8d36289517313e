import type { MarkdownIt } from 'markdown-it'
import { isKnown } from '../contract/code-languages.ts'
import { highlight } from '../contract/highlight-code.ts'

/**
 * The longest block with colours, and the most code with colours in a page, in UTF-16 units. Some grammars take time
 * with the square of a block's length: the worst blocks of this length known take 0.15 s.
 */
const BLOCK_MAX = 6_000
const PAGE_MAX = 20_000

/** Colours blocks of code by classes (`code-keyword`), where the language is known. */
export function colouredCode({ renderer, utils: { escapeHtml, unescapeAll } }: MarkdownIt): void {
  /** How much code of each page has been coloured so far. */
  const coloured = new WeakMap<object, number>()

  renderer.rules['fence'] = (tokens, index, _options, page = {}) => {
    const { info, content } = tokens[index]!
    const language = unescapeAll(info).trim().split(/\s/, 1)[0] ?? ''
    const total = (coloured.get(page) ?? 0) + content.length
    const hasColours = isKnown(language.toLowerCase()) && content.length <= BLOCK_MAX && total <= PAGE_MAX
    if (hasColours) coloured.set(page, total)
    const pieces = hasColours
      ? highlight(content, language.toLowerCase())
      : [{ text: content, look: undefined }]
    const code = pieces.map(({ text, look }) =>
      look ? `<span class="code-${look}">${escapeHtml(text)}</span>` : escapeHtml(text),
    )
    const name = language && ` class="language-${escapeHtml(language)}"`
    return `<pre><code${name}>${code.join('')}</code></pre>\n`
  }
}
