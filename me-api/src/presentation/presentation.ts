import type { Clock } from '../clock.ts'
import type { Link, Presentation, PresentationInput } from '../contract/index.ts'
import { renderMarkdown } from '../markdown.ts'
import type { PresentationStore } from './presentation.store.ts'

type Parts = {
  store: PresentationStore
  clock: Clock
  /** Called after each write. */
  onChanged: () => void
}

export function createPresentation({ store, clock, onChanged }: Parts) {
  async function save({ links, ...input }: PresentationInput): Promise<Presentation> {
    const updatedAt = clock.now()
    const html = renderMarkdown(input.text)
    await store.write({ ...input, html, links: JSON.stringify(links), updated_at: updatedAt })
    onChanged()
    return { ...input, html, links, updatedAt: new Date(updatedAt).toISOString() }
  }

  return {
    save,

    /** Returns the name in the site's header; null before the owner has written one. */
    async name(): Promise<string | null> {
      const name = await store.name()
      return name === undefined || name === firstPresentation.name ? null : name
    },

    /** Returns what the owner wrote, or on a new site a page that tells the owner what to do next. */
    async read(): Promise<Presentation> {
      const row = await store.read()
      if (!row) return save(firstPresentation)
      const { name, headline, text, html, links, updated_at } = row
      const updatedAt = new Date(updated_at).toISOString()
      return { name, headline, text, html, links: JSON.parse(links) as Link[], updatedAt }
    },
  }
}

export type PresentationPages = ReturnType<typeof createPresentation>

const firstPresentation: PresentationInput = {
  name: 'Your Name',
  headline: 'This house is new. Come in.',
  text: `The walls stand and the chat is open; the owner has yet to write the first words.

If you are the owner, three small steps make it yours:

1. Make your account. Where the site runs, type \`npm run owner -- --email you@example.org\`.
2. Sign in, by the link at the foot of this page.
3. Choose **Edit** here, and tell who you are. Your weekly reports have a page of their own.

Everybody else is welcome in the chat already.`,
  links: [],
}
