import { randomUUID } from 'node:crypto'
import type { PageData, RenderedPage } from '../contract/index.ts'
import { escapeXml } from '../xml.ts'
import { readIndexHtml } from './index-html.ts'
import { inertJson } from './inert-json.ts'
import type { ReadPageData } from './page-data.ts'
import { headOf, isFound } from './page-head.ts'
import { createPreloadLinks } from './preload-links.ts'
import { type Language, languages } from '../contract/index.ts'
import type { RenderPage } from './site-renderer.ts'

/** The placeholder of the origin in a document, so that requests under another host name share it. */
export const ORIGIN = `http://${randomUUID()}.invalid`
/** The placeholder of the writer's nick in a document of the chat, which all writers share. */
export const NICK = `nick-${randomUUID()}`

/** The query of a room's document that does not refresh itself, so that nothing half typed is lost. */
export const WRITING = '?write'
/** Seconds after which a reader without script sees a room anew. */
const REFRESHED_AFTER = 20

/** The document without a page's content, which the service worker keeps for offline use. */
const SHELL = '/index.html'

export type Document = {
  status: number
  language: Language
  /** Whether it holds its page's content. */
  hasPage: boolean
  /** With `ORIGIN` and `NICK` in place of the site's origin and the writer's nick. */
  html: string
}

type Parts = {
  directory: string
  renderPage: RenderPage
  readPageData: ReadPageData
}

/** Makes documents: each holds the page of its address as a reader sees it who is not signed in. */
export function createDocumentMaker({ directory, renderPage, readPageData }: Parts) {
  const template = readIndexHtml(directory)
  const preloads = createPreloadLinks(directory)

  async function make(
    path: string,
    query: string,
    language: Language,
    read: ReadPageData = readPageData,
  ): Promise<Document> {
    const rendered = await renderPage(path + query, language, read)
    const page = path === SHELL ? shellOf(rendered) : rendered
    const hasPage = page.html !== undefined
    const links = preloads.of(page.name, language, page.html)
    const head = [headOf(page, ORIGIN), ...links, ...refreshOf(page, query)].join('\n    ')
    const after = hasPage ? belowPage(page.data) : noScript(escapeXml(page.withoutScript))
    return {
      status: isFound(page) ? 200 : 404,
      language,
      hasPage,
      html: template.with({ language, head, page: page.html, after }),
    }
  }

  return { make, scriptHashes: template.scriptHashes }
}

export type MakeDocument = ReturnType<typeof createDocumentMaker>['make']

const shellOf = (page: RenderedPage): RenderedPage => ({
  ...page,
  name: 'shell',
  title: page.data.presentation.name,
  html: undefined,
})

export const isWriting = (query: string): boolean => new URLSearchParams(query).has('write')

/** The newest messages are asked for again where no script does that. */
function refreshOf({ name, data }: RenderedPage, query: string): string[] {
  const isLive = data.chat?.change && name !== 'message' && !isWriting(query)
  return isLive ? [`<noscript><meta http-equiv="refresh" content="${REFRESHED_AFTER}"></noscript>`] : []
}

/** What the page was made of, for the script. */
const belowPage = (data: PageData): string => `${noScript()}
    <script type="application/json" id="page-data">${inertJson(sharedData(data))}</script>`

/**
 * What is the same for every reader: the placeholder of a nick is of no use to the script, which also reads by itself
 * what is said about the page, and goes on reading it.
 */
function sharedData({ chat, about: _about, ...data }: PageData): PageData {
  if (!chat) return data
  const { writer: _, ...shared } = chat
  return { ...data, chat: shared }
}

/** What readers without script find below the page: a sentence where there is no page, and the choice of a language. */
function noScript(sentence = ''): string {
  // Without the path: one that begins with `//` would be the address of another host.
  const links = languages.map(
    (language) =>
      `<a href="?lang=${language}" hreflang="${language}" lang="${language}">${names[language]}</a>`,
  )
  return `<noscript>${sentence}<nav class="languages" aria-label="${languages.map((one) => names[one]).join(', ')}">${links.join(' ')}</nav></noscript>`
}

const names: Record<Language, string> = { en: 'English', sv: 'Svenska', nb: 'Norsk bokmål' }
