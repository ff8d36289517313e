import type { MarkdownIt } from 'markdown-it'

/** `[ ]` or `[x]` at the beginning of a list item. */
const BOX = /^\[([ xX])\][ \t]+/

/** Shows list items that begin with `[ ]` or `[x]` with a box that nobody can tick. */
export function taskLists(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'task_lists', ({ tokens, Token }) => {
    for (const [index, { type, children }] of tokens.entries()) {
      const item = tokens[index - 2]
      const isFirstOfItem = item?.type === 'list_item_open' && tokens[index - 1]?.type === 'paragraph_open'
      const first = children?.[0]
      if (type !== 'inline' || !isFirstOfItem || first?.type !== 'text') continue
      const box = BOX.exec(first.content)
      const rest = first.content.slice(box?.[0].length)
      const hasWords = rest !== '' || (children![1] && !children![1].type.endsWith('break'))
      if (!box || !hasWords) continue
      first.content = rest
      item.attrSet('class', 'task')
      const mark = new Token('task_box', 'input', 0)
      mark.meta = { isDone: box[1] !== ' ' }
      children!.unshift(new Token('label_open', 'label', 1), mark)
      children!.push(new Token('label_close', 'label', -1))
    }
  })
  markdown.renderer.rules['task_box'] = (tokens, index) =>
    `<input type="checkbox" disabled${tokens[index]?.meta?.['isDone'] ? ' checked' : ''}> `
}

/** Replaces the boxes in a rendered page by characters, for readers of it that show no controls. */
export const withBoxesAsText = (html: string): string =>
  html.replace(/<input type="checkbox"([^>]*)>/g, (_, attributes: string) =>
    attributes.includes('checked') ? '☑' : '☐',
  )
