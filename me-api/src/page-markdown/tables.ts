import type { MarkdownIt } from 'markdown-it'

/** Aligns cells by class, because no document has a `style` attribute, and lets a wide table scroll by itself. */
export function tables({ core, renderer }: MarkdownIt): void {
  core.ruler.push('table_alignment', ({ tokens }) => {
    for (const token of tokens) {
      const side = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
      if (side) token.attrs = [['class', `align-${side}`]]
    }
  })
  renderer.rules['table_open'] = () => '<div class="table"><table>\n'
  renderer.rules['table_close'] = () => '</table></div>\n'
}
