import { isBlock, type Node } from 'me-api/contract/message-markdown'
import { readWithEmoji } from './read-with-emoji.ts'

/** A text without Markdown's marks and with emoji for their names, for places without formatting. */
export const stripMarkdown = (text: string): string => joined(readWithEmoji(text))

/** Each block begins a line. */
function joined(nodes: readonly Node[]): string {
  let words = ''
  for (const [index, node] of nodes.entries()) {
    const before = nodes[index - 1]
    if (before && (isOwnLine(before) || isOwnLine(node))) words += '\n'
    words += plain(node)
  }
  return words
}

const isOwnLine = (node: Node): boolean =>
  node.kind === 'fence' || (node.kind === 'element' && isBlock(node.tag))

function plain(node: Node): string {
  switch (node.kind) {
    case 'break':
      return '\n'
    case 'link':
      return joined(node.children)
    case 'element': {
      const { tag, start = 1, children } = node
      if (tag === 'ul') return children.map((item) => `- ${plain(item)}`).join('\n')
      if (tag === 'ol') return children.map((item, index) => `${start + index}. ${plain(item)}`).join('\n')
      return joined(children)
    }
    default:
      return node.text
  }
}
