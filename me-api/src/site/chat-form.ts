import { randomBytes } from 'node:crypto'
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express'
import { type FormMessages, type FormOrigin, VISITOR_KNOWN } from '../chat/messages/form-messages.ts'
import {
  BODY_MAX,
  type ErrorCode,
  type FormWriter,
  LESSON_ROOM,
  LOBBY,
  type MessageForm,
  RoomName,
} from '../contract/index.ts'
import { Refusal } from '../errors.ts'
import type { Callers } from '../http/caller.ts'
import type { AddressOf } from '../http/client-address.ts'
import type { Cookies } from '../http/cookies.ts'
import { createErrorHandler } from '../http/error-handler.ts'
import type { LogFault } from '../http/fault-log.ts'
import type { Charge } from '../http/request-limit.ts'
import { refuseMethod } from '../http/route.ts'
import type { SiteHost } from '../http/site-host.ts'
import type { Documents } from './documents.ts'
import { mustBeForm } from './must-be-form.ts'
import { readForm } from './read-form.ts'

/** A refused form costs a page that is made for one reader. */
const COST = 10

type WriterParts = {
  callers: Pick<Callers, 'byCookie'> & { nickOf(token: string): Promise<string | null> }
  cookies: Pick<Cookies, 'read'>
}

/** Tells who writes with the form of a document, by the cookies; nobody where the database does not answer. */
export const createFormWriterOf =
  ({ callers, cookies }: WriterParts) =>
  async (req: Request): Promise<FormWriter | null> => {
    try {
      const session = await callers.byCookie(req)
      if (session) return { nick: session.user.nick, isUser: true }
      const token = cookies.read(req, 'me_visitor')
      const nick = token ? await callers.nickOf(token) : null
      return nick === null ? null : { nick, isUser: false }
    } catch {
      return null
    }
  }

type Parts = {
  documents: Pick<Documents, 'refuse' | 'madeAnew'>
  messages: FormMessages
  callers: Pick<Callers, 'byCookie'>
  cookies: Cookies
  addressOf: AddressOf
  ownHostOf: SiteHost['ownHostOf']
  charge: Charge
  /** Counts a refusal. */
  refused: (code: ErrorCode) => void
  logFault: LogFault
}

/** Serves the form of the chat's documents, for readers without script: `POST /chat/:room`. */
export function createChatForm(parts: Parts): Router {
  const { documents, messages, callers, cookies, addressOf, ownHostOf, charge, refused, logFault } = parts

  /** A browser has one name for all its tabs, set before the first form is sent. */
  const nameTab: RequestHandler = (req, res, next) => {
    if (isRead(req) && tabOf(req) === undefined)
      cookies.set(req, res, 'me_tab', randomBytes(16).toString('base64url'))
    next()
  }

  function tabOf(req: Request): string | undefined {
    const tab = cookies.read(req, 'me_tab')
    return tab !== undefined && /^[\w-]{16,100}$/.test(tab) ? tab : undefined
  }

  const originOf = async (req: Request): Promise<FormOrigin> => ({
    session: await callers.byCookie(req),
    token: cookies.read(req, 'me_visitor'),
    tab: tabOf(req),
    address: addressOf(req),
    host: ownHostOf(req),
  })

  const send: RequestHandler = async (req, res) => {
    const form = (res.locals['form'] = readMessage(req.body))
    await messages.send(await originOf(req), roomOf(req), form, (token) =>
      cookies.set(req, res, 'me_visitor', token, Date.now() + VISITOR_KNOWN),
    )
    await documents.madeAnew(req, pathOf(req))
    res.set('Cache-Control', 'no-store').redirect(303, pathOf(req))
  }

  /** Shows the document again, with what was typed; of a form that is too long to read, without. */
  async function show(refusal: Refusal, req: Request, res: Response): Promise<boolean> {
    const isTooLarge = refusal.code === 'TOO_LARGE'
    const form = (res.locals['form'] ?? (isTooLarge && NOTHING)) as MessageForm | false
    if (!form) return false
    const hasCookies = req.get('cookie') !== undefined
    return documents.refuse(req, res, pathOf(req), { ...form, error: refusal.toFailure(), hasCookies })
  }

  const router = Router()
  router.all(['/chat', '/chat/:room', '/chat/:room/:seq'], nameTab)
  const place = router.route(['/chat', '/chat/:room'])
  const readBody = express.raw({ type: () => true, limit: BODY_MAX })
  place.post(charge(COST), mustBeForm, readBody, send, createErrorHandler(refused, logFault, show))
  const refuse = refuseMethod(['GET', 'POST'])
  place.all((req, res, next) => (isRead(req) ? next() : refuse(req, res)))
  router.use(leaveUnreadable)
  return router
}

/** An address with a broken escape has a document as every other that is not there. */
const leaveUnreadable: ErrorRequestHandler = (error, req, _res, next) =>
  error instanceof URIError && isRead(req) ? next() : next(error)

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD'

const NOTHING: MessageForm = { nick: '', text: '', nonce: '' }

function readMessage(body: unknown): MessageForm {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array()
  const { text, ...others } = readForm(bytes, ['nick', 'text', 'nonce'])
  // Browsers send the lines of a text area with CRLF (HTML §4.10.22.4).
  return { ...others, text: text.replace(/\r\n?/g, '\n') }
}

/** @throws {Refusal} NOT_FOUND where no room with a document can have the name */
function roomOf({ params }: Request): string {
  const { success, data } = RoomName.safeParse(params['room'] ?? LOBBY)
  if (!success || data === LESSON_ROOM) throw new Refusal('NOT_FOUND', 'There is no such room.')
  return data
}

/** The document's address, without a slash at its end. */
const pathOf = ({ path }: Request): string => path.replace(/\/$/, '')
