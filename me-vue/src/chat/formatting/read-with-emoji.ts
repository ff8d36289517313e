import { type Node, readMarkdown } from 'me-api/contract/message-markdown'
import { partsWithShortcodes } from 'me-api/contract/shortcodes'

/** Reads a message's Markdown, with emoji for their names. */
export const readWithEmoji = (text: string): Node[] => withEmoji(readMarkdown(text))

/** Adjacent texts count as one for what is a name, and become one: of `\:tada:` the colon is a text of its own. */
function withEmoji(nodes: readonly Node[]): Node[] {
  const shown: Node[] = []
  let texts: string[] = []
  const endText = () => {
    if (texts.length > 0) shown.push({ kind: 'text', text: partsWithShortcodes(texts).join('') })
    texts = []
  }
  for (const node of nodes) {
    if (node.kind === 'text') texts.push(node.text)
    else {
      endText()
      shown.push('children' in node ? { ...node, children: withEmoji(node.children) } : node)
    }
  }
  endText()
  return shown
}
