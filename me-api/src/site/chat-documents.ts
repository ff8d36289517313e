import type { Request, Response } from 'express'
import type { Clock } from '../clock.ts'
import type { ChatPageData, FormWriter, Language, RefusedForm } from '../contract/index.ts'
import { asWritten } from './as-written.ts'
import { createBriefCache } from './brief-cache.ts'
import { type Document, type MakeDocument, NICK, WRITING, isWriting } from './document-maker.ts'
import type { SendDocument } from './document-sender.ts'
import { createPace } from './pace.ts'
import type { ReadPageData } from './page-data.ts'
import { languageOf } from './reader-language.ts'

const addresses = /^\/chat(\/[^/]+(\/\d+)?)?$/
/** Milliseconds for which a document is sent as it is. */
const LIFETIME = 1_000

type Parts = {
  make: MakeDocument
  send: SendDocument
  readPageData: ReadPageData
  clock: Clock
  /** Tells who writes with the form of a document. */
  writerOf: (req: Request) => Promise<FormWriter | null>
  /** The network that a request comes from, null if unknown. */
  networkOf: (req: Request) => string | null
}

/** Shows the chat's documents, which change all the time: each is at most a second old. */
export function createChatDocuments({ make, send, readPageData, clock, writerOf, networkOf }: Parts) {
  const cache = createBriefCache<Document | undefined>(clock, LIFETIME)
  const paced = createPace(clock)

  async function show(req: Request, res: Response, query: string): Promise<void> {
    const path = asWritten(req.path)
    const writer = await writerOf(req)
    const isUser = writer?.isUser ?? false
    const language = languageOf(req)
    const kind = isWriting(query) ? WRITING : ''
    const read = withForm({ writer: { nick: NICK, isUser } })
    const made = await cache.get(nameOf(isUser, language, path, kind), () =>
      paced(networkOf(req), () => make(path, kind, language, read)),
    )
    // Too many are asked for: the page comes without its messages, and the script fetches them.
    const document = made ?? (await make(path, kind, language, () => readPageData('nowhere', {})))
    // What it brings is one reader's: a nick, and the cookie that names the tab.
    res.set('Cache-Control', 'private, no-cache')
    await send(req, res, document, writer?.nick)
  }

  /**
   * Answers a form that was refused with the document of its room (`path`), in which the form has what was typed and
   * the reason. The response has its status already. Returns false where the document cannot be made.
   */
  async function refuse(req: Request, res: Response, path: string, form: RefusedForm): Promise<boolean> {
    const writer = await writerOf(req)
    const read = withForm({ form, ...(writer && { writer: { nick: NICK, isUser: writer.isUser } }) })
    const document = await paced(networkOf(req), () => make(path, WRITING, languageOf(req), read)).catch(
      () => undefined,
    )
    if (!document?.hasPage) return false
    res.set('Cache-Control', 'no-store')
    await send(req, res, { ...document, status: res.statusCode }, writer?.nick)
    return true
  }

  const withForm =
    (form: Pick<ChatPageData, 'writer' | 'form'>): ReadPageData =>
    async (name, params) => {
      const data = await readPageData(name, params)
      return data.chat ? { ...data, chat: { ...data.chat, ...form } } : data
    }

  /** Waits until nobody gets a document of the address `path` any more that was made before now. */
  async function madeAnew(req: Request, path: string): Promise<void> {
    const names = [true, false].map((isUser) => nameOf(isUser, languageOf(req), asWritten(path), ''))
    const end = clock.monotonic() + cache.outdatedIn(names)
    // A timer may be a little early.
    for (let wait; (wait = end - clock.monotonic()) > 0;)
      await new Promise<void>((resolve) => clock.after(wait, resolve))
  }

  return { has: (path: string): boolean => addresses.test(asWritten(path)), show, refuse, madeAnew }
}

const nameOf = (isUser: boolean, language: Language, path: string, query: string): string =>
  `${isUser ? 'user' : 'visitor'} ${language} ${path}${query}`
