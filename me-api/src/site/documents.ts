import { createHash, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Request, RequestHandler, Response } from 'express'
import type { Clock } from '../clock.ts'
import type { ChatPageData, FormWriter, PageData, RefusedForm, RenderedPage } from '../contract/index.ts'
import type { SiteHost } from '../http/site-host.ts'
import { createBriefCache } from './brief-cache.ts'
import { readIndexHtml } from './index-html.ts'
import { inertJson } from './inert-json.ts'
import type { PageCache } from './page-cache.ts'
import type { ReadPageData } from './page-data.ts'
import { headOf, isFound } from './page-head.ts'
import { createPace } from './pace.ts'
import { createPreloadLinks } from './preload-links.ts'
import { type Language, LANGUAGE_COOKIE, languageAsked, languageOf, languages } from './reader-language.ts'
import { escapeXml } from '../xml.ts'
import type { RenderPage } from './site-renderer.ts'

const YEAR = 365 * 24 * 3_600_000

/** Addresses whose documents are few and the same for every reader of a language. */
const cacheable = /^\/(reports(\/week\/[1-9]\d?)?|privacy|sign-in|register)?$/
/** Those of the chat, which change all the time. */
const ofChat = /^\/chat(\/[^/]+(\/\d+)?)?$/
/** Milliseconds for which one of them is sent as it is. */
const CHAT_LIFETIME = 1_000
/** Seconds after which a reader without script sees a room anew. */
const REFRESHED_AFTER = 20

/** The document without a page's content, which the service worker keeps for offline use. */
const SHELL = '/index.html'

/** The placeholder of the origin in a cached document, so that requests under another host name share the cache. */
const ORIGIN = `http://${randomUUID()}.invalid`
/** The placeholder of the writer's nick in a document of the chat, which all writers share. */
const NICK = `nick-${randomUUID()}`

type Document = {
  status: number
  /** Whether it holds its page's content. */
  hasPage: boolean
  /** With `ORIGIN` and `NICK` in place of the site's origin and the writer's nick. */
  html: string
  /** As it was last sent to a reader whose nick is not known. */
  sent?: { origin: string; html: string; etag: string; encoded: Map<string, Promise<Buffer>> }
}

const encoders: Record<string, (html: string) => Promise<Buffer>> = {
  br: (html) =>
    promisify(brotliCompress)(html, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_SIZE_HINT]: html.length },
    }),
  gzip: (html) => promisify(gzip)(html, { level: 9 }),
}

type Parts = {
  directory: string
  renderPage: RenderPage
  readPageData: ReadPageData
  cache: PageCache
  clock: Clock
  originOf: SiteHost['originOf']
  isSecure: SiteHost['isSecure']
  /** Tells who writes with the form of a document of the chat. */
  writerOf: (req: Request) => Promise<FormWriter | null>
}

/**
 * Makes the site's documents: each holds its page as a reader sees it who is not signed in, made once for each content
 * and language.
 */
export function createDocuments({
  directory,
  renderPage,
  readPageData,
  cache,
  clock,
  originOf,
  isSecure,
  writerOf,
}: Parts) {
  const template = readIndexHtml(directory)
  const preloads = createPreloadLinks(directory)
  const chatCache = createBriefCache<Document>(clock, CHAT_LIFETIME)
  const paced = createPace(clock)

  async function make(
    path: string,
    query: string,
    language: Language,
    read: ReadPageData = readPageData,
  ): Promise<Document> {
    const rendered = await renderPage(path + query, language, read)
    const page = path === SHELL ? shellOf(rendered) : rendered
    const links = preloads.of(page.name, language, page.html !== undefined)
    const refresh = refreshOf(page, query)
    const head = [headOf(page, ORIGIN), ...links, ...refresh].join('\n    ')
    const after =
      page.html === undefined ? noScript(escapeXml(page.withoutScript)) : belowPage(sharedData(page.data))
    return {
      status: isFound(page) ? 200 : 404,
      hasPage: page.html !== undefined,
      html: template.with({ language, head, page: page.html, after }),
    }
  }

  const handler: RequestHandler = async (req, res) => {
    const language = languageOf(req)
    const query = queryOf(req)
    const path = asWritten(req.path)
    const isOfChat = ofChat.test(path)
    const writer = isOfChat ? await writerOf(req) : null
    // What else stands in the address changes nothing on these pages.
    const isShared = cacheable.test(req.path) && (query === '' || !/^\/(sign-in|register)$/.test(req.path))
    const document = isShared
      ? await cache.get(`document ${language} ${req.path}`, () => make(req.path, '', language))
      : isOfChat
        ? await readChat(path, isWriting(query) ? WRITING : '', language, writer)
        : await make(req.path, query, language)
    // What a document of the chat brings is one reader's: a nick, and the cookie that names the tab.
    res.set('Cache-Control', isOfChat ? 'private, no-cache' : 'no-cache')
    await answer(req, res, document, language, writer?.nick)
  }

  /** A room's document, at most a second old. */
  const readChat = (
    path: string,
    query: string,
    language: Language,
    writer: FormWriter | null,
  ): Promise<Document> => {
    const isUser = writer?.isUser ?? false
    return chatCache.get(
      chatKey(isUser, language, path, query),
      async () =>
        (await paced(() => make(path, query, language, withForm({ writer: { nick: NICK, isUser } })))) ??
        // Too many are asked for: the page comes without its messages, and the script fetches them.
        (await make(path, query, language, () => readPageData('nowhere', {}))),
    )
  }

  /** Waits until nobody gets a document of the chat's address any more that was made before now. */
  async function madeAnew(req: Request, path: string): Promise<void> {
    const language = languageOf(req)
    const names = [true, false].map((isUser) => chatKey(isUser, language, asWritten(path), ''))
    const end = clock.monotonic() + chatCache.outdatedIn(names)
    // A timer may be a little early.
    for (let wait; (wait = end - clock.monotonic()) > 0;)
      await new Promise<void>((resolve) => clock.after(wait, resolve))
  }

  const withForm =
    (form: Pick<ChatPageData, 'writer' | 'form'>): ReadPageData =>
    async (name, params) => {
      const data = await readPageData(name, params)
      return data.chat ? { ...data, chat: { ...data.chat, ...form } } : data
    }

  /**
   * Answers a form that was refused with the document of its room (`path`), in which the form has what was typed and
   * the reason. The response has its status already. Returns false where the document cannot be made.
   */
  async function refuse(req: Request, res: Response, path: string, form: RefusedForm): Promise<boolean> {
    const language = languageOf(req)
    const writer = await writerOf(req)
    const read = withForm({ form, ...(writer && { writer: { nick: NICK, isUser: writer.isUser } }) })
    const document = await paced(() => make(path, WRITING, language, read)).catch(() => undefined)
    if (!document?.hasPage) return false
    res.set('Cache-Control', 'no-store')
    await answer(req, res, { ...document, status: res.statusCode }, language, writer?.nick)
    return true
  }

  async function answer(
    req: Request,
    res: Response,
    document: Document,
    language: Language,
    nick?: string,
  ): Promise<void> {
    res.set('Content-Language', language)
    res.vary('Accept-Language').vary('Cookie').type('html')
    const asked = languageAsked(req)
    if (asked)
      res.cookie(LANGUAGE_COOKIE, asked, { path: '/', sameSite: 'lax', maxAge: YEAR, secure: isSecure(req) })
    res.status(document.status)
    if (nick === undefined) await send(req, res, document)
    else res.send(filled(document, originOf(req), nick))
  }

  const filled = ({ html }: Document, origin: string, nick: string): string =>
    html.replaceAll(ORIGIN, () => escapeXml(origin)).replaceAll(NICK, () => escapeXml(nick))

  /** Sends the document, or 304 to a reader who has it; it is compressed once. */
  async function send(req: Request, res: Response, document: Document): Promise<void> {
    const origin = originOf(req)
    if (document.sent?.origin !== origin) {
      const html = filled(document, origin, '')
      const etag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
      document.sent = { origin, html, etag, encoded: new Map() }
    }
    const { html, etag, encoded } = document.sent
    res.set('ETag', etag)
    if (req.fresh) return void res.status(304).end()
    // The smaller one first, whatever order the client names them in.
    const encoding = Object.keys(encoders).find((name) => req.acceptsEncodings(name))
    res.vary('Accept-Encoding')
    const encode = encoding && encoders[encoding]
    if (!encode) return void res.send(html)
    let body = encoded.get(encoding)
    if (!body) encoded.set(encoding, (body = encode(html)))
    res.set('Content-Encoding', encoding).send(await body)
  }

  return { handler, refuse, madeAnew, scriptHashes: template.scriptHashes }
}

export type Documents = ReturnType<typeof createDocuments>

/** A path as the site itself writes it. */
const asWritten = (path: string): string => path.toLowerCase().replace(/(?<=.)\/$/, '')

const chatKey = (isUser: boolean, language: Language, path: string, query: string): string =>
  `${isUser ? 'user' : 'visitor'} ${language} ${path}${query}`

/** The query of a room's document that does not refresh itself, so that nothing half typed is lost. */
const WRITING = '?write'
const isWriting = (query: string): boolean => new URLSearchParams(query).has('write')

/** The newest messages are asked for again where no script does that. */
function refreshOf({ name, data }: RenderedPage, query: string): string[] {
  const isLive = data.chat?.change && name !== 'message' && !isWriting(query)
  return isLive ? [`<noscript><meta http-equiv="refresh" content="${REFRESHED_AFTER}"></noscript>`] : []
}

const shellOf = (page: RenderedPage): RenderedPage => ({
  ...page,
  name: 'shell',
  title: page.data.presentation.name,
  html: undefined,
})

/** What is the same for every reader: the placeholder of a nick is of no use to the script. */
function sharedData({ chat, ...data }: PageData): PageData {
  if (!chat) return data
  const { writer: _, ...shared } = chat
  return { ...data, chat: shared }
}

/** The address's query without the language, as the page reads it. */
function queryOf({ originalUrl }: Request): string {
  const query = new URLSearchParams(/\?([^#]*)/.exec(originalUrl)?.[1])
  query.delete('lang')
  return query.size > 0 ? `?${query}` : ''
}

/** What the page was made of, for the script. */
const belowPage = (data: PageData): string => `${noScript()}
    <script type="application/json" id="page-data">${inertJson(data)}</script>`

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
