import { extname, sep } from 'node:path'
import compression from 'compression'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { Refusal } from '../errors.ts'
import type { Charge } from '../http/request-limit.ts'

const YEAR = 365 * 24 * 3_600

/**
 * Whether an answer may be compressed on the fly. What is the same for many is sent precompressed in Brotli or gzip, or
 * plain: a client that asks for a third encoding must not cause a compression each time.
 */
export const mayCompress = (req: Request, res: Response): boolean =>
  res.locals['isStored'] !== true && compression.filter(req, res)

/** An encoding, and the suffix of files in it. */
type Encoding = { name: string; suffix: string }

/** In order of preference, the smaller one first. */
const encodings: Encoding[] = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
]

type Parts = {
  directory: string
  /** Answers every address that is no file. */
  documents: RequestHandler
  charge: Charge
}

/** Serves the built site: its files, and the document of each address. */
export function createStaticSite({ directory, documents, charge }: Parts): RequestHandler[] {
  const serveFile = express.static(directory, {
    index: false,
    dotfiles: 'ignore',
    redirect: false,
    setHeaders(res: Response, path) {
      res.set('Cache-Control', lifetimeOf(path))
      res.locals['isStored'] = true
      const encoding = res.locals['encoding'] as Encoding | undefined
      if (encoding)
        res.set('Content-Encoding', encoding.name).type(extname(path.slice(0, -encoding.suffix.length)))
    },
  })

  const readOnly: RequestHandler = (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next()
    res.set('Allow', 'GET, HEAD')
    throw new Refusal('METHOD_NOT_ALLOWED', `${req.method} is not known here.`)
  }

  const files: RequestHandler = (req, res, next) => {
    // The stored document has no page's content yet.
    if (req.path.endsWith('.html') || !canBeRead(req.path)) return next()
    const { url } = req
    serveIn([...encodingsOf(req, res), undefined])

    /** Looks for each encoding on disk, because compressed files may appear and disappear while the server runs. */
    function serveIn([encoding, ...others]: (Encoding | undefined)[]): void {
      res.locals['encoding'] = encoding
      if (encoding) req.url = url.replace(/\?|$/, `${encoding.suffix}$&`)
      serveFile(req, res, (error) => {
        req.url = url
        if (error || !encoding) next(error)
        else serveIn(others)
      })
    }
  }

  const missing: RequestHandler = (req, res, next) => {
    if (!req.path.startsWith('/assets/')) return next()
    res.status(404).type('text/plain').send('Not found')
  }

  // Files are not counted as requests: they are sent as they are stored, a refusal would cost as much, and a page has
  // many.
  return [readOnly, files, charge(1), missing, documents]
}

/** Returns the encodings that a file may be stored in and the client accepts. */
function encodingsOf(req: Request, res: Response): Encoding[] {
  if (!/\.(js|css|svg)$/.test(req.path)) return []
  res.vary('Accept-Encoding')
  return encodings.filter(({ name }) => req.acceptsEncodings(name))
}

/** Whether the path's percent escapes are valid; otherwise it names no file. */
function canBeRead(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** Returns the cache headers: a hashed file never changes, and a cached service worker would keep the old site. */
function lifetimeOf(path: string): string {
  if (path.includes(`${sep}assets${sep}`)) return `public, max-age=${YEAR}, immutable`
  return path.endsWith(`${sep}sw.js`) ? 'no-cache' : 'public, max-age=3600'
}
