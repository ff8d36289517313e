import { z } from 'zod'
import type { About } from './about.ts'
import type { Failure } from './errors.ts'
import { ReaderLanguage } from './languages.ts'

/** Whether the owner is told by mail while away, and in which language. */
export const MailSetting = z
  .object({ on: z.boolean(), address: z.string(), language: z.string().describe('sv, nb or en') })
  .meta({ id: 'MailSetting' })
export type MailSetting = z.infer<typeof MailSetting>

export const MailChange = z.object({ on: z.boolean().optional(), language: ReaderLanguage.optional() })
export type MailChange = z.infer<typeof MailChange>

/** What a document shows of a conversation that is answered from a mail; texts are without their Markdown. */
export type AnswerPageData = {
  /** The room's title; the other's nick in a private conversation. */
  title: string
  isPrivate: boolean
  /** The path of the conversation. */
  path: string
  messages: AnswerableMessage[]
  /** The same for a repeat of the form. */
  nonce: string
  /** Whether an answer was sent just now. */
  sent?: true
  /** What was typed, and why it was refused. */
  refused?: { text: string; error: Failure }
}

export type AnswerableMessage = {
  id: string
  nick: string | null
  text: string
  sentAt: string
  about?: About
}

/** What a document shows to somebody who wants no more mails: whether they are off by now. */
export type MailsOffPageData = { isOff: boolean }
