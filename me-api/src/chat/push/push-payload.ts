import { shorten } from '../../contract/cut-text.ts'
import type { Language, Message, PushPayload } from '../../contract/index.ts'
import { plainText } from './plain-text.ts'
import { pushWords } from './push-words.ts'
import type { Noticed } from './read-noticed.ts'
import { REPORTS, type Reason, WEBHOOKS } from './reasons.ts'

/** Bytes: push services take at least 4,096 of the encrypted payload (RFC 8030 §7.2), some no more. */
const BYTES_MAX = 3_000
/** What a notification shows of a text, in UTF-16 units. */
const BODY_MAX = 400

type Notice = {
  language: Language
  origin: string
  conversation: string
  reason: Reason
  /** Null where the reason is none. */
  message: Noticed | null
  now: number
}

/** Makes what is sent to a browser, shorter than `BYTES_MAX`. */
export function payloadOf(notice: Notice): string {
  for (let max = BODY_MAX; ; max = Math.floor(max / 2)) {
    const payload = JSON.stringify(contentOf(notice, max))
    if (Buffer.byteLength(payload) < BYTES_MAX) return payload
  }
}

function contentOf(
  { language, origin, conversation, reason, message, now }: Notice,
  bodyMax: number,
): PushPayload {
  const words = pushWords[language]
  const about = { nick: message?.author.nick ?? '', room: message?.title ?? '', page: message?.about?.title }
  const text = message ? plainText(message.text) : reason === 'webhook' ? words.webhookOff : words.tested
  const canBeAnswered = message && conversation !== REPORTS
  return {
    web_push: 8030,
    notification: {
      title: words.titles[reason](about),
      body: shorten(text, bodyMax),
      lang: language,
      dir: 'auto',
      tag: conversation,
      navigate: `${origin}${pathOf(conversation, message)}`,
      timestamp: message ? Date.parse(message.sentAt) : now,
      renotify: true,
      data: canBeAnswered
        ? {
            ...{ room: message.room, id: message.id },
            ...{ answer: words.answer, send: words.send, failed: words.failed },
          }
        : null,
    },
  }
}

/** The address of what somebody is told of, on this site. */
export function pathOf(conversation: string, message: Message | null): string {
  if (conversation === WEBHOOKS) return '/integrations'
  if (!message) return '/account'
  return conversation === REPORTS ? '/moderation' : `/chat/${message.room}/${message.seq}`
}
