import { shorten } from '../../contract/cut-text.ts'
import { isolated } from '../../contract/direction.ts'
import { type Language, isPrivate } from '../../contract/index.ts'
import * as page from '../../mail/mail-page.ts'
import type { Mail } from '../../mail/mailer.ts'
import { plainText } from '../push/plain-text.ts'
import { pathOf } from '../push/push-payload.ts'
import { pushWords } from '../push/push-words.ts'
import type { Noticed } from '../push/read-noticed.ts'
import { REPORTS, type Reason } from '../push/reasons.ts'
import { mailWords } from './mail-words.ts'

/** The longest text, passage and name that a mail shows, in UTF-16 units. */
const TEXT_MAX = 2_000
const QUOTE_MAX = 300
const NICK_MAX = 60

/** A message that a mail tells of, and why. */
export type Told = { conversation: string; reason: Reason; message: Noticed }

type Place = {
  language: Language
  siteName: string
  /** The site's origin. */
  origin: string
  /** The address at which mails are switched off. */
  offUrl: string
}

type Links = Place & {
  /** The address at which a conversation can be answered that these messages are from. */
  answerUrl: (messages: Noticed[]) => string
  /** Whether there was more than is told here. */
  hasMore: boolean
}

/** A part of a mail, in both forms. */
type Part = { text: string; html: page.Html }

/** Writes the mail that tells of messages, those of a conversation together. */
export function ownerMail(told: Told[], { answerUrl, hasMore, ...place }: Links): Omit<Mail, 'to'> {
  const words = mailWords[place.language]
  const conversations = [...Map.groupBy(told, ({ conversation }) => conversation)]
  const parts = conversations.flatMap(([conversation, some]) => [
    headOf(conversation, some, place.language),
    ...some.map((one) => messagePart(one, place)),
    ...(conversation === REPORTS ? [] : [answerPart(answerUrl(some.map(({ message }) => message)), place)]),
  ])
  const hasAnswers = told.some(({ conversation }) => conversation !== REPORTS)
  const last = [hasMore ? words.more : '', hasAnswers ? words.answerFor : ''].filter(Boolean).join(' ')
  const url = `${place.origin}/chat`
  parts.push({
    text: [...(last ? [last] : []), `${words.toChat}: ${url}`].join('\n'),
    html: page.closing(page.markup`${last} ${page.link(url, words.toChat)}`),
  })
  return mailOf(subjectOf(told, place), words.title, parts, place)
}

/** Writes the mail that shows that mails arrive. */
export function testMail(place: Place): Omit<Mail, 'to'> {
  const { subject, title, text } = mailWords[place.language].test
  return mailOf(subject(place.siteName), title, [{ text, html: page.paragraph(text) }], place)
}

function mailOf(subject: string, title: string, parts: Part[], place: Place): Omit<Mail, 'to'> {
  const { language, siteName, offUrl } = place
  const words = mailWords[language]
  const why = words.why(isolated(siteName))
  return {
    subject,
    text: [title, ...parts.map(({ text }) => text), `-- \n${why}\n${words.off}: ${offUrl}\n`].join('\n\n'),
    html: page.mailPage(
      language,
      title,
      [page.heading(title), ...parts.map(({ html }) => html)],
      [page.aside(page.markup`${why} ${page.link(offUrl, words.off)}.`)],
    ),
    // RFC 8058: mail programs offer to switch mails off with one click.
    headers: { 'List-Unsubscribe': `<${offUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  }
}

/** The subject of one message says who wrote where, as a push does. */
function subjectOf(told: Told[], { language, siteName }: Place): string {
  const [only, ...others] = told
  if (!only || others.length > 0) return mailWords[language].several(told.length, siteName)
  const { author, title } = only.message
  return pushWords[language].titles[only.reason]({ nick: nickOf(author), room: title, page: undefined })
}

const nickOf = ({ nick }: Noticed['author']): string => shorten(nick ?? '', NICK_MAX)

function headOf(conversation: string, [first]: Told[], language: Language): Part {
  const words = mailWords[language]
  const { room, author, title } = first!.message
  const text =
    conversation === REPORTS
      ? words.reports
      : isolated(isPrivate(room) ? words.private(nickOf(author)) : title)
  return { text: `${text}\n${'-'.repeat(Math.min(text.length, 60))}`, html: page.sectionHeading(text) }
}

function messagePart({ conversation, message }: Told, { language, origin }: Place): Part {
  const words = mailWords[language]
  const nick = isolated(nickOf(message.author))
  const at = `${timeIn(language).format(Date.parse(message.sentAt))} UTC`
  const url = origin + pathOf(conversation, message)
  const open = conversation === REPORTS ? words.reported : words.open
  const body = shorten(plainText(message.text), TEXT_MAX)
  const about = message.about && aboutPart(message.about, { language, origin })
  const head = page.byline(nick, page.markup`${at} · ${page.link(url, open)}`)
  return {
    text: [`${nick}, ${at}:`, ...(about ? [about.text] : []), indented(body), url].join('\n'),
    html: page.markup`${head}${about?.html ?? ''}${page.said(body)}`,
  }
}

/** So that no message can look like a part of the mail, such as another button to answer. */
const indented = (text: string): string => text.replace(/^/gm, '    ')

function aboutPart(
  { path, title, quote }: NonNullable<Noticed['about']>,
  { language, origin }: Pick<Place, 'language' | 'origin'>,
): Part {
  const url = origin + path
  const words = mailWords[language].about(isolated(title))
  const passage = quote && shorten(quote.exact.replace(/\s+/g, ' ').trim(), QUOTE_MAX)
  return {
    text: [`${words} (${url})`, ...(passage ? [`> ${passage}`] : [])].join('\n'),
    html: page.markup`${page.note(page.link(url, words))}${passage ? page.quoted(passage) : ''}`,
  }
}

function answerPart(url: string, { language }: Place): Part {
  const words = mailWords[language]
  return { text: `${words.answer}: ${url}`, html: page.button(url, words.answer) }
}

/** The time zone of a mail's reader is not known. */
const timeIn = (language: Language) =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
