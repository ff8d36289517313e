import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import type { SiteHost } from '../http/site-host.ts'
import { escapeXml } from '../xml.ts'
import { type CompressedText, createCompressedText } from './compressed-text.ts'
import { type Document, NICK, ORIGIN } from './document-maker.ts'
import { LANGUAGE_COOKIE, languageAsked } from './reader-language.ts'

const YEAR = 365 * 24 * 3_600_000

/** A document as readers get it whose nick is not known. */
type Sent = { origin: string; etag: string; send: CompressedText }

/** Sends documents, each compressed once for all who get the same. */
export function createDocumentSender({ originOf, isSecure }: Pick<SiteHost, 'originOf' | 'isSecure'>) {
  const sent = new WeakMap<Document, Sent>()

  function forAll(document: Document, origin: string): Sent {
    const last = sent.get(document)
    if (last?.origin === origin) return last
    const html = filled(document, origin, '')
    const etag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
    const current = { origin, etag, send: createCompressedText(html) }
    sent.set(document, current)
    return current
  }

  /** Sends a document, or 304 to a reader who has it; with a nick, to that reader alone. */
  return async function send(req: Request, res: Response, document: Document, nick?: string): Promise<void> {
    res.status(document.status).set('Content-Language', document.language)
    res.vary('Accept-Language').vary('Cookie').vary('Accept-Encoding').type('html')
    const asked = languageAsked(req)
    if (asked)
      res.cookie(LANGUAGE_COOKIE, asked, { path: '/', sameSite: 'lax', maxAge: YEAR, secure: isSecure(req) })
    if (nick !== undefined) return void res.send(filled(document, originOf(req), nick))

    const shared = forAll(document, originOf(req))
    await shared.send(req, res.set('ETag', shared.etag))
  }
}

export type SendDocument = ReturnType<typeof createDocumentSender>

const filled = ({ html }: Document, origin: string, nick: string): string =>
  html.replaceAll(ORIGIN, () => escapeXml(origin)).replaceAll(NICK, () => escapeXml(nick))
