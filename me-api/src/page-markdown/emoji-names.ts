import type { MarkdownIt } from 'markdown-it'
import { partsWithShortcodes } from '../contract/shortcodes.ts'

/** Shows emoji for their names, as the chat does: not in code nor in an address. */
export function emojiNames({ core }: MarkdownIt): void {
  core.ruler.after('inline', 'emoji_names', ({ tokens }) => {
    for (const { children } of tokens) {
      let isAddress = false
      let run: Token[] = []
      for (const token of children ?? []) {
        if (token.type.startsWith('text') && !isAddress) run.push(token)
        else {
          showEmoji(run)
          run = []
        }
        if (token.type.startsWith('link_')) isAddress = token.nesting > 0 && token.info === 'auto'
      }
      showEmoji(run)
    }
  })
}

/**
 * Adjacent texts count as one for what is a name: the parser makes a text of its own from a backslash and what follows,
 * which itself holds no name.
 */
function showEmoji(texts: readonly Token[]): void {
  const shown = partsWithShortcodes(texts.map(({ content }) => content))
  for (const [index, token] of texts.entries()) token.content = shown[index]!
}

type Token = ReturnType<MarkdownIt['parse']>[number]
