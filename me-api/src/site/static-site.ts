import { sep } from 'node:path'
import compression from 'compression'
import type { Request, RequestHandler, Response } from 'express'
import staticGzip from 'express-static-gzip'
import { Refusal } from '../errors.ts'
import { readIndexHtml } from './index-html.ts'
import type { PageMeta } from './page-meta.ts'
import { createPreloadLinks } from './preload-links.ts'
import type { Charge } from '../http/request-limit.ts'
import type { SiteHost } from '../http/site-host.ts'

const YEAR = 365 * 24 * 3_600

/**
 * Whether an answer is compressed on its way. A file of the site is sent as it lies there, in Brotli, gzip or plain: it
 * counts as no request, so that whoever asks for a third encoding must not have it made anew each time.
 */
export const mayCompress = (req: Request, res: Response): boolean =>
  res.locals['isFile'] !== true && compression.filter(req, res)

type Parts = { directory: string; heads: PageMeta; originOf: SiteHost['originOf']; charge: Charge }

/** The built site: its files, and its one document with each address's own head. */
export function createStaticSite({ directory, heads, originOf, charge }: Parts) {
  const document = readIndexHtml(directory)
  const parts = createPreloadLinks(directory)
  const serveFiles = staticGzip(directory, {
    index: false,
    enableBrotli: true,
    orderPreference: ['br', 'gzip'],
    serveStatic: {
      dotfiles: 'ignore',
      redirect: false,
      setHeaders(res, path) {
        res.setHeader('Cache-Control', lifetimeOf(path))
        ;(res as Response).locals['isFile'] = true
      },
    },
  })

  const readOnly: RequestHandler = (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next()
    res.set('Allow', 'GET, HEAD')
    throw new Refusal('METHOD_NOT_ALLOWED', `${req.method} is not known here.`)
  }

  const files: RequestHandler = (req, res, next) => {
    // The document as it lies there has no head of its own yet.
    if (req.path.endsWith('.html') || !canBeRead(req.path)) next()
    else serveFiles(req, res, next)
  }

  const pages: RequestHandler = async (req, res) => {
    if (req.path.startsWith('/assets/')) {
      res.status(404).type('text/plain').send('Not found')
      return
    }
    const head = await heads.of(req.path, originOf(req))
    const links = parts.of(req.path, languageOf(req))
    res.set('Cache-Control', 'no-cache').vary('Accept-Language').type('html')
    res.send(document.with([head, ...links].join('\n    ')))
  }

  // Files are not counted: they are compressed already, a refusal would cost as much, and a page has many.
  return { handlers: [readOnly, files, charge(1), pages], scriptHashes: document.scriptHashes }
}

/** What the site will speak, unless its reader has chosen otherwise there. */
function languageOf(req: Request): string {
  const language = req.acceptsLanguages('en', 'sv', 'nb', 'no', 'nn') || 'en'
  return language === 'no' || language === 'nn' ? 'nb' : language
}

/** Whether the path's escapes are ones; what they are not is the name of no file. */
function canBeRead(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** A hashed file never changes, and a service worker that browsers kept would keep the old site with it. */
function lifetimeOf(path: string): string {
  if (path.includes(`${sep}assets${sep}`)) return `public, max-age=${YEAR}, immutable`
  return path.endsWith(`${sep}sw.js`) ? 'no-cache' : 'public, max-age=3600'
}
