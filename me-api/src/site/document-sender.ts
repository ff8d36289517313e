import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Request, Response } from 'express'
import type { SiteHost } from '../http/site-host.ts'
import { escapeXml } from '../xml.ts'
import { type Document, NICK, ORIGIN } from './document-maker.ts'
import { LANGUAGE_COOKIE, languageAsked } from './reader-language.ts'

const YEAR = 365 * 24 * 3_600_000

const encoders: Record<string, (html: string) => Promise<Buffer>> = {
  br: (html) =>
    promisify(brotliCompress)(html, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_SIZE_HINT]: html.length },
    }),
  gzip: (html) => promisify(gzip)(html, { level: 9 }),
}

/** A document as readers get it whose nick is not known. */
type Sent = { origin: string; html: string; etag: string; encoded: Map<string, Promise<Buffer>> }

/** Sends documents, each compressed once for all who get the same. */
export function createDocumentSender({ originOf, isSecure }: Pick<SiteHost, 'originOf' | 'isSecure'>) {
  const sent = new WeakMap<Document, Sent>()

  function forAll(document: Document, origin: string): Sent {
    const last = sent.get(document)
    if (last?.origin === origin) return last
    const html = filled(document, origin, '')
    const etag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
    const current = { origin, html, etag, encoded: new Map() }
    sent.set(document, current)
    return current
  }

  /** Sends a document, or 304 to a reader who has it; with a nick, to that reader alone. */
  return async function send(req: Request, res: Response, document: Document, nick?: string): Promise<void> {
    res.status(document.status).set('Content-Language', document.language)
    res.vary('Accept-Language').vary('Cookie').type('html')
    const asked = languageAsked(req)
    if (asked)
      res.cookie(LANGUAGE_COOKIE, asked, { path: '/', sameSite: 'lax', maxAge: YEAR, secure: isSecure(req) })
    if (nick !== undefined) return void res.send(filled(document, originOf(req), nick))

    const { html, etag, encoded } = forAll(document, originOf(req))
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
}

export type SendDocument = ReturnType<typeof createDocumentSender>

const filled = ({ html }: Document, origin: string, nick: string): string =>
  html.replaceAll(ORIGIN, () => escapeXml(origin)).replaceAll(NICK, () => escapeXml(nick))
