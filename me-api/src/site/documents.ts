import type { Request, RequestHandler, Response } from 'express'
import type { Clock } from '../clock.ts'
import type { FormWriter, PageData } from '../contract/index.ts'
import type { SiteHost } from '../http/site-host.ts'
import { asWritten } from './as-written.ts'
import { createChatDocuments } from './chat-documents.ts'
import { type Document, createDocumentMaker } from './document-maker.ts'
import { createDocumentSender } from './document-sender.ts'
import type { PageCache } from './page-cache.ts'
import type { ReadPageData } from './page-data.ts'
import type { PageTalk } from './page-talk.ts'
import { languageOf } from './reader-language.ts'
import type { RenderPage } from './site-renderer.ts'

/** Addresses whose documents are few and the same for every reader of a language, whatever else the query says. */
const shared = /^\/(reports(\/week\/\d{1,2})?|privacy|transports)?$/
/** Those that are so without a query. */
const sharedPlain = /^\/(sign-in|register|forgot-password)$/

type Parts = {
  directory: string
  renderPage: RenderPage
  readPageData: ReadPageData
  /** Returns what is said about a page: its document is made anew where that is another object. */
  talkAt?: PageTalk
  cache: PageCache
  clock: Clock
  originOf: SiteHost['originOf']
  isSecure: SiteHost['isSecure']
  writerOf: (req: Request) => Promise<FormWriter | null>
  networkOf: (req: Request) => string | null
}

/** Serves the site's documents, made once for each content and language. */
export function createDocuments(parts: Parts) {
  const { cache, talkAt } = parts
  const { make, scriptHashes } = createDocumentMaker(parts)
  const send = createDocumentSender(parts)
  const chat = createChatDocuments({ ...parts, make, send })

  const handler: RequestHandler = async (req, res) => {
    const query = queryOf(req)
    if (chat.has(req.path)) return chat.show(req, res, query)
    const document = await documentOf(req, query)
    res.set('Cache-Control', 'no-cache')
    await send(req, res, document)
  }

  async function documentOf(req: Request, query: string): Promise<Document> {
    const language = languageOf(req)
    const path = asWritten(req.path)
    if (!shared.test(path) && (query || !sharedPlain.test(path))) return make(req.path, query, language)
    const talk = await talkAt?.(path)
    return cache.get(`document ${language} ${path}`, () => make(path, '', language), talk)
  }

  /** Shows a page that is one reader's, with data of its own; no cache keeps it, and no request for its files names its address. */
  async function show(req: Request, res: Response, page: Omit<PageData, 'presentation'>): Promise<void> {
    const document = await make(req.path, '', languageOf(req), async (name, params) => ({
      presentation: (await parts.readPageData(name, params)).presentation,
      ...page,
    }))
    const status = res.statusCode === 200 ? document.status : res.statusCode
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'strict-origin' })
    await send(req, res, { ...document, status })
  }

  return { handler, show, refuse: chat.refuse, madeAnew: chat.madeAnew, scriptHashes }
}

export type Documents = ReturnType<typeof createDocuments>

/** The address's query without the language, as the page reads it. */
function queryOf({ originalUrl }: Request): string {
  const query = new URLSearchParams(/\?([^#]*)/.exec(originalUrl)?.[1])
  query.delete('lang')
  return query.size > 0 ? `?${query}` : ''
}
