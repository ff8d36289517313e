import { hasMarkup } from './markup.ts'

/**
 * A text as one would say it, for where nothing is formatted. What knows how is fetched for the first text that holds
 * markup, as for the messages themselves; without a network it stays as it was written.
 */
export async function toPlainText(text: string): Promise<string> {
  if (!hasMarkup(text)) return text
  const plain = await import('./strip-markdown.ts').catch(() => undefined)
  return plain?.stripMarkdown(text) ?? text
}
