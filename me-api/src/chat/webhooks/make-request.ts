import { createHmac } from 'node:crypto'
import { cutText } from '../../contract/cut-text.ts'
import type { Language, WebhookFormat, WebhookPayload } from '../../contract/index.ts'
import { plainText } from '../push/plain-text.ts'
import { webhookWords } from './webhook-words.ts'

/** UTF-16 units of a message of Discord ("Execute Webhook": 2,000 characters). */
const DISCORD_MAX = 2_000
/** Bytes of a message of ntfy, which makes a file of a longer one than 4,096 ("Limitations"). */
const NTFY_MAX = 4_000
/** UTF-16 units of a heading. */
const TITLE_MAX = 200
const JSON_TYPE = 'application/json; charset=utf-8'

type Content = { headers: Record<string, string>; body: string }
/** What a payload says to people. */
type Told = { title: string; text: string; url: string }

/** Makes the request's headers and body in a webhook's format, without the signature. */
export function contentOf(format: WebhookFormat, payload: WebhookPayload, language: Language): Content {
  if (format === 'standard') return asJson(payload)
  return makers[format](tell(payload, language))
}

/** The headers of Standard Webhooks; `at` is when it is sent, in milliseconds. */
export function signatureOf(secret: string, id: string, at: number, body: string): Record<string, string> {
  const seconds = String(Math.floor(at / 1_000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` }
}

const makers: Record<Exclude<WebhookFormat, 'standard'>, (told: Told) => Content> = {
  /** Slack's "Sending messages using incoming webhooks". */
  slack: ({ title, text, url }) => {
    const heading = `<${forSlack(url)}|${forSlack(title)}>`
    return asJson({ text: text ? `${heading}\n${forSlack(text)}` : heading })
  },

  /** Discord's "Execute Webhook"; nobody is mentioned by it. */
  discord: ({ title, text, url }) => {
    const [heading, link] = [`**${forDiscord(title)}**`, `<${url}>`]
    const room = DISCORD_MAX - heading.length - link.length - 2
    const content = [heading, ...(text ? [cutTo(forDiscord(text), room)] : []), link].join('\n')
    return asJson({ content, allowed_mentions: { parse: [] } })
  },

  /** ntfy's "Publishing": the message is the body, all else headers. */
  ntfy: ({ title, text, url }) => ({
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      ...(text && { Title: forHeader(title) }),
      Click: new URL(url).href,
    },
    body: cutToBytes(text || title, NTFY_MAX),
  }),
}

function tell({ type, data }: WebhookPayload, language: Language): Told {
  const message = 'message' in data ? data.message : null
  const person = 'person' in data ? data.person : message?.author
  const title = webhookWords[language][type]({
    nick: person?.nick ?? '',
    room: 'room' in data ? data.room.title : '',
    title: 'report' in data ? data.report.title : '',
  })
  return {
    title: cutTo(title.replace(/\s+/g, ' '), TITLE_MAX),
    text: message ? plainText(message.text) : '',
    url: data.url,
  }
}

const asJson = (body: object): Content => ({
  headers: { 'Content-Type': JSON_TYPE },
  body: JSON.stringify(body),
})

/** Slack's "Escaping text": three characters, and no others. */
const forSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Takes Discord's Markdown for what it is; an address stays as it is. */
const forDiscord = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>]+)/)
    .map((part, index) => (index % 2 ? part : part.replace(/[\\*_~`|<>[\]()#@:-]/g, '\\$&')))
    .join('')

/** A header's value: ASCII without line breaks, and anything else as encoded words (RFC 2047 §2), which ntfy reads. */
function forHeader(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  if (/^[\x20-\x7e]*$/.test(line) && !line.includes('=?')) return line
  const words: string[] = []
  let word = ''
  for (const character of line) {
    // 45 bytes are 60 characters of base64: with what is around them fewer than the 75 of a word.
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ')
}

/** Cuts a text, which then ends in an ellipsis. */
function cutTo(text: string, max: number): string {
  return text.length <= max ? text : `${cutText(text, max - 1).replace(/\\$/, '')}…`
}

function cutToBytes(text: string, max: number): string {
  for (let length = max; ; length = Math.floor(length * 0.8)) {
    const cut = cutTo(text, length)
    if (Buffer.byteLength(cut) <= max) return cut
  }
}
