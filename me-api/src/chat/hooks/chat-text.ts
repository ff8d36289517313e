import { z } from 'zod'
import { cutText } from '../../contract/cut-text.ts'
import { TEXT_MAX, lengthOf, storable } from '../../contract/index.ts'
import { findAddresses } from '../../contract/links.ts'
import { Refusal } from '../../errors.ts'

/** A text for the chat, in its formatting, and where all of it is, if there is such a page. */
export type Said = { text: string; link?: string | undefined }

/**
 * UTF-16 units that are read of a text, as many as Slack keeps of one ("Truncating content"). A message holds fewer; what
 * is read beyond that costs time, and is cut anyway.
 */
const READ_MAX = 40_000

/** A text of a foreign format. */
export const ForeignString = z.string().transform((text) => cutText(text, READ_MAX))

/** A text of a foreign format, whose senders often leave it out, or send a number. */
export const ForeignText = z.union([ForeignString, z.number(), z.boolean()]).transform(String).nullish()

/**
 * A list of a foreign format, of at most as many items as its maker allows. A longer one is refused unread, because
 * reading a hundred thousand takes seconds.
 */
export const foreignList = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .preprocess((list, context) => {
      if (!Array.isArray(list) || list.length <= max) return list
      context.addIssue(`must have at most ${max} items`)
      return z.NEVER
    }, z.array(item))
    .nullish()

/** UTF-16 units of the name that a sender gives itself. */
const SENDER_MAX = 80

/** A text, if there is one, under whom it says it is from: that is words too, because the bot is its author. */
export const fromSender = (name: string | null | undefined, text: string): string =>
  text.trim() && lines(bold(cutText(name ?? '', SENDER_MAX)), text)

/** What the chat's formatting reads as more than a character. */
const marks = /[\\`*_~[\]<>]/g

/** What begins a list where it begins a line. */
const listMark = /^(?:[-+]|\d{1,9}[.)])(?= |$)/

/**
 * Foreign words as they are, on one line: nothing in them formats, and nobody is mentioned, because a stranger's title or
 * name must not call anybody. Addresses stay links, where the chat reads them as such whatever stands around them.
 */
export function plain(words: string): string {
  const text = onOneLine(words)
  let [written, last] = ['', 0]
  for (const { start, end, href } of findAddresses(text)) {
    if (!clearAddress.test(href) || !clearRest.test(text.slice(end))) continue
    written += escaped(text.slice(last, start)) + href
    last = end
  }
  return (written + escaped(text.slice(last))).replace(listMark, escapeLast)
}

const onOneLine = (words: string): string =>
  storable(words)
    .replace(/[\p{Cc}\p{Bidi_Control}\s]+/gu, ' ')
    .trim()

/** Addresses without a mark or a square bracket, and without an @, which could mention somebody. */
const clearAddress = /^https?:\/\/[\p{L}\p{N}._:/?#&=%+,;()-]+$/u
/** What follows an address up to the next space must not need a backslash, which would be read as part of the address. */
const clearRest = /^[^\s\\`*_~[\]<>]*(?:\s|$)/

/** Written so that nothing formats, nobody is mentioned, and nothing is a link. */
const escaped = (text: string): string => quiet(text.replace(marks, '\\$&').replaceAll('://', '\\://'))

const escapeLast = (mark: string): string => `${mark.slice(0, -1)}\\${mark.slice(-1)}`

/** Whoever is named after an @ is not mentioned: a word joiner, which has no look, stands between. */
export const quiet = (text: string): string => text.replace(/[@＠﹫]/g, '$&\u2060')

/** A link with words of its own; the words alone where the address is not of the web. */
export function link(words: string, address: string | null | undefined): string {
  const href = webAddress(address)
  const text = plain(words)
  if (!href || !text) return href ?? text
  return isWhole(href) && URL.parse(words)?.href === URL.parse(href)?.href ? href : `[${text}](${href})`
}

/** Whether the chat takes all of an address for a link where it stands by itself. */
const isWhole = (href: string): boolean => findAddresses(href)[0]?.end === href.length

/** An address of the web in a form that Markdown takes as a destination; undefined for any other. */
function webAddress(address: string | null | undefined): string | undefined {
  const url = URL.parse(address ?? '')
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return url.href.replace(/[()\\]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
}

export const bold = (words: string): string => {
  const text = plain(words)
  return text && `**${text}**`
}

/** A name in code, which never holds a backtick. */
export const code = (words: string): string => `\`${onOneLine(words.replaceAll('`', ' ')) || ' '}\``

/** Lines that stand aside, such as an attachment. */
export const quoted = (lines: string): string => lines.replace(/^/gm, '> ')

/** Puts paragraphs below each other, without the empty ones. */
export const lines = (...parts: (string | null | undefined | false)[]): string =>
  parts.filter((part) => part).join('\n')

/** Puts what items say below each other, and reads no more of them than a message may have. */
export function listed<Item>(items: Item[] | null | undefined, say: (item: Item) => string): string {
  let text = ''
  for (const item of items ?? []) {
    text = lines(text, say(item))
    // Twice, because a character has two units at most.
    if (text.length > 2 * TEXT_MAX) break
  }
  return text
}

/**
 * Shortens a text to what a message may have, and says where the rest is.
 * @throws {Refusal} TOO_LARGE where nothing says that
 */
export function fit({ text, link: address }: Said): string {
  const whole = storable(text).trim()
  if (lengthOf(whole) <= TEXT_MAX) return whole
  const href = webAddress(address)
  const rest = `…\n${link(href ?? '', href)}`
  const room = TEXT_MAX - lengthOf(rest) - CLOSING.length
  if (!href || room < 0) throw new Refusal('TOO_LARGE', `The text has more than ${TEXT_MAX} characters.`)
  const first = [...whole].slice(0, room).join('')
  const kept = cutText(whole, first.length).trimEnd()
  // The link must not become part of a block of code that was cut.
  const isInCode = (kept.match(/^(?:> )?```/gm)?.length ?? 0) % 2 === 1
  return `${kept}${isInCode ? CLOSING : ''}${rest}`
}

const CLOSING = '\n```\n'
