import type { Page } from '@playwright/test'

/** Selects words of the page's prose, which stand in one text, as a mouse would. */
export async function selectWords(page: Page, words: string): Promise<void> {
  await page.evaluate((words) => {
    const texts = document.createTreeWalker(document.querySelector('.prose')!, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const { nodeValue } = texts.currentNode
      const start = nodeValue!.indexOf(words)
      if (start < 0) continue
      getSelection()!.setBaseAndExtent(texts.currentNode, start, texts.currentNode, start + words.length)
      return
    }
    throw new Error(`The prose has no "${words}".`)
  }, words)
}

/** The words that the page highlights under a name (CSS Custom Highlight API). */
export const highlighted = (page: Page, name: string): Promise<string[]> =>
  page.evaluate((name) => [...(CSS.highlights.get(name) ?? [])].map(String), name)
