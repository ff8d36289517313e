import type { Selectable } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Link, Presentation, PresentationInput } from '../contract/index.ts'
import type { PresentationTable } from '../db/tables.ts'
import { type Expected, type Rendered, staleVersion } from '../http/if-match.ts'
import { renderMarkdown } from '../markdown.ts'
import type { PresentationStore } from './presentation.store.ts'

type Parts = {
  store: PresentationStore
  clock: Clock
  /** The language that the owner writes in (BCP 47). */
  language: string
  /** Called after each write. */
  onChanged: () => void
}

export function createPresentation({ store, clock, language, onChanged }: Parts) {
  const toRow = ({ name, headline, text, links }: PresentationInput) => ({
    name,
    headline,
    text,
    html: renderMarkdown(text),
    links: JSON.stringify(links),
    updated_at: clock.now(),
  })

  const toPresentation = (row: Selectable<PresentationTable>): Rendered<Presentation> => ({
    name: row.name,
    headline: row.headline,
    text: row.text,
    html: row.html,
    renderings: row.renderings,
    links: JSON.parse(row.links) as Link[],
    language,
    version: row.updated_at,
    updatedAt: new Date(row.updated_at).toISOString(),
  })

  /** Returns what the owner wrote, or on a new site a page that tells the owner what to do next. */
  async function read(): Promise<Rendered<Presentation>> {
    // Where the owner saves at this moment, the row is there, and the first page does not replace it.
    const row = (await store.read()) ?? (await store.insert(toRow(firstPresentation)))
    return row ? toPresentation(row) : read()
  }

  return {
    read,

    /** Refuses a presentation whose version is none of the expected ones. */
    async save(input: PresentationInput, expected?: Expected): Promise<Rendered<Presentation>> {
      // A new site gets its first page, and so a version, because an insert compares none.
      if (expected) await read()
      const row = await store.write(toRow(input), expected?.versions)
      if (!row) throw staleVersion(expected ?? { versions: [], status: 409 }, (await read()).version)
      onChanged()
      return toPresentation(row)
    },

    /** Renders what was stored before the rules of rendering changed. Called at the start. */
    async renderAnew(): Promise<void> {
      const row = await store.read()
      if (!row) return
      const html = renderMarkdown(row.text)
      if (html !== row.html) await store.replaceHtml(row.updated_at, html)
    },

    name: () => siteNameOf(store),
  }
}

/** Returns the name in the site's header; null before the owner has written one. */
export async function siteNameOf(store: Pick<PresentationStore, 'name'>): Promise<string | null> {
  const name = await store.name()
  return name === undefined || name === firstPresentation.name ? null : name
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
