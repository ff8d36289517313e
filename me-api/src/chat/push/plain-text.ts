import { type Node, isBlock, readMarkdown } from '../../contract/message-markdown.ts'

/** What a message says, without its Markdown, on lines as they are drawn. */
export const plainText = (text: string): string => textOf(readMarkdown(text)).trim()

const textOf = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => {
      if (node.kind === 'break') return '\n'
      if (node.kind === 'fence') return `${node.text}\n`
      if ('text' in node) return node.text
      const inner = textOf(node.children)
      return node.kind === 'element' && isBlock(node.tag) ? `${inner.trimEnd()}\n` : inner
    })
    .join('')
