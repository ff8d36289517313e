import type { AboutPage, Change, HistoryPage, Room } from './chat.ts'
import type { Failure } from './errors.ts'
import type { AnswerPageData, MailsOffPageData } from './mail.ts'
import type { Presentation, Report, ReportSummary } from './pages.ts'
import type { Privacy } from './privacy.ts'

/** What the page at an address shows: the server makes its document of it, and the browser goes on with it. */
export type PageData = {
  presentation: Presentation
  /** By week. */
  reports?: ReportSummary[]
  /** Null where there is no report on that week. */
  report?: Report | null
  privacy?: Privacy
  /** The newest messages about the page that everybody may read, for readers without script. */
  about?: AboutPage
  chat?: ChatPageData
  /** What a mail's link opens. */
  answer?: AnswerPageData
  mailsOff?: MailsOffPageData
  /** False where there is nothing at the address: no room or message, or a mail's link that is not valid. */
  isThere?: false
}

/** A room as a reader without a nick sees it. */
export type ChatPageData = {
  /** All that everybody may read. */
  rooms: Room[]
  /** The room's newest messages, as `room:enter` gives them; none where there is no such room. */
  change?: Change
  /** The messages around the one that the address names, where that is older than the newest. */
  around?: HistoryPage
  /** Who writes with the form of the document, where that is known. */
  writer?: FormWriter
  /** What was sent with the form of the document and is not stored. */
  form?: RefusedForm
}

/** Who writes with a document's form. A visitor can change the nick there, a user cannot. */
export type FormWriter = { nick: string; isUser: boolean }

/** What a document's form sends; `nonce` is the same for a repeat. */
export type MessageForm = { nick: string; text: string; nonce: string }

/** What was typed, and why it was refused. `hasCookies` is false where the browser seems to accept none. */
export type RefusedForm = MessageForm & { error: Failure; hasCookies: boolean }

/** What the site's server bundle makes of an address. */
export type RenderedPage = {
  /** The name of the address's route, `nowhere` where it has none. */
  name: string
  /** The address's path as the site itself writes it: without a slash at the end, in lower case. */
  path: string
  data: PageData
  /** Of the document, as plain text. */
  title: string
  /** A sentence about the page; none where the owner's own text says more. */
  description: string | undefined
  /** What stands in `#app`; none where only the browser makes the page. */
  html: string | undefined
  /** What readers without script are told where there is no `html`. */
  withoutScript: string
}
