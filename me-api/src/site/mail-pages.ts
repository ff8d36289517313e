import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Answers } from '../chat/mail/answers.ts'
import type { OwnerMails } from '../chat/mail/owner-mails.ts'
import { BODY_MAX, type ErrorCode, type PageData } from '../contract/index.ts'
import type { Refusal } from '../errors.ts'
import type { AddressOf } from '../http/client-address.ts'
import { createErrorHandler } from '../http/error-handler.ts'
import type { LogFault } from '../http/fault-log.ts'
import type { Charge } from '../http/request-limit.ts'
import { refuseMethod } from '../http/route.ts'
import type { SiteHost } from '../http/site-host.ts'
import type { Documents } from './documents.ts'
import { mustBeForm } from './must-be-form.ts'
import { readForm } from './read-form.ts'

/** What such a page costs that is made for one reader. */
const COST = 10

type Parts = {
  answers: Answers
  mails: Pick<OwnerMails, 'isOff' | 'switchOff'>
  documents: Pick<Documents, 'show'>
  addressOf: AddressOf
  ownHostOf: SiteHost['ownHostOf']
  charge: Charge
  /** Counts a refusal. */
  refused: (code: ErrorCode) => void
  logFault: LogFault
}

/**
 * Serves what the links in mails open: `/answer/:token`, the answer box of a conversation, and `/unsubscribe/:token`. Opening
 * them changes nothing, because programs that look for harmful mails open every link.
 */
export function createMailPages(parts: Parts): Router {
  const { answers, mails, documents, addressOf, ownHostOf, charge, refused, logFault } = parts
  const tokenOf = ({ params }: Request): string => String(params['token'])

  const showAnswer: RequestHandler = async (req, res) => {
    const isSent = req.query['sent'] !== undefined
    const answer = await answers.read(tokenOf(req))
    await documents.show(req, res, { answer: { ...answer, ...(isSent && { sent: true as const }) } })
  }

  const answer: RequestHandler = async (req, res) => {
    const { text, nonce } = readForm(bytesOf(req), ['text', 'nonce'])
    // Browsers send the lines of a text area with CRLF (HTML §4.10.22.4).
    const form = { text: text.replace(/\r\n?/g, '\n'), nonce }
    res.locals['text'] = form.text
    await answers.send(tokenOf(req), form, { address: addressOf(req), host: ownHostOf(req) })
    res.set('Cache-Control', 'no-store').redirect(303, `${req.path}?sent`)
  }

  const showOff: RequestHandler = async (req, res) => {
    await documents.show(req, res, { mailsOff: { isOff: await mails.isOff(tokenOf(req)) } })
  }

  /** Whatever it holds: mail programs send `List-Unsubscribe=One-Click` as a form of either kind (RFC 8058 §3.2). */
  const switchOff: RequestHandler = async (req, res) => {
    await mails.switchOff(tokenOf(req))
    await documents.show(req, res, { mailsOff: { isOff: true } })
  }

  /** Shows the page of an answer again, with what was typed; or that there is nothing at the address. */
  async function show(refusal: Refusal, req: Request, res: Response): Promise<boolean> {
    if (refusal.code === 'NOT_FOUND') return shown(req, res, { isThere: false })
    const isAnswer = req.method === 'POST' && req.path.startsWith('/answer/')
    if (!isAnswer || !['INVALID', 'TOO_LONG', 'TOO_LARGE', 'RATE_LIMITED'].includes(refusal.code))
      return false
    const answer = await answers.read(tokenOf(req)).catch(() => null)
    const text = String(res.locals['text'] ?? '')
    return shown(
      req,
      res,
      answer ? { answer: { ...answer, refused: { text, error: refusal.toFailure() } } } : { isThere: false },
    )
  }

  const shown = (req: Request, res: Response, page: Omit<PageData, 'presentation'>): Promise<boolean> =>
    documents.show(req, res, page).then(
      () => true,
      () => false,
    )

  const router = Router()
  const readBody = express.raw({ type: () => true, limit: BODY_MAX })
  const onError = createErrorHandler(refused, logFault, show)
  const refuse = refuseMethod(['GET', 'POST'])
  router
    .route('/answer/:token')
    .get(charge(COST), showAnswer, onError)
    .post(charge(COST), mustBeForm, readBody, answer, onError)
    .all(refuse)
  router
    .route('/unsubscribe/:token')
    .get(charge(COST), showOff, onError)
    .post(charge(COST), readBody, switchOff, onError)
    .all(refuse)
  return router
}

const bytesOf = ({ body }: Request): Uint8Array => (body instanceof Uint8Array ? body : new Uint8Array())
