import type { Language } from '../../contract/index.ts'
import { Refusal, parse } from '../../errors.ts'
import { type Said, fit } from './chat-text.ts'
import { DiscordMessage, readDiscord } from './discord.ts'
import { isTold, readGithub } from './github.ts'
import { SlackMessage, readSlack } from './slack.ts'

/** What a hook got: the bytes as they came, and what its headers say of them. */
export type HookRequest = {
  body: Buffer
  /** The media type, without parameters, in lower case. */
  type: string
  charset: string | null
  /** The name of GitHub's event, where it is GitHub who asks. */
  githubEvent: string | undefined
}

/**
 * What composes the text to say, null for nothing, and what the sender expects as an answer. A repeat is answered without
 * composing, which takes longest.
 */
export type HookMessage = { compose: () => string | null; answer: 'ok' | null }

const FORM = 'application/x-www-form-urlencoded'

/**
 * Reads what a program sent: a plain text, an event of GitHub, or a message for Slack or Discord. Composing throws
 * TOO_LARGE, and INVALID where a message has no words.
 * @throws {Refusal} INVALID, with 415 for another media type
 */
export function readHook(request: HookRequest, language: Language): HookMessage {
  const { githubEvent, type } = request
  if (githubEvent !== undefined) {
    if (!isTold(githubEvent)) return { compose: () => null, answer: null }
    const said = readGithub(
      githubEvent,
      type === FORM ? formPayload(request) : json(textOf(request)),
      language,
    )
    return { compose: () => said && fit(said), answer: null }
  }
  if (type === 'text/plain') {
    const text = textOf(request)
    return { compose: () => fit({ text }), answer: null }
  }
  if (type === FORM) return slack(formPayload(request))
  if (type !== 'application/json') throw unknownType()
  const payload = json(textOf(request))
  return isForDiscord(payload) ? discord(payload) : slack(payload)
}

function discord(payload: unknown): HookMessage {
  const message = parse(DiscordMessage, payload)
  return { compose: () => written(readDiscord(message)), answer: null }
}

function slack(payload: unknown): HookMessage {
  const message = parse(SlackMessage, payload)
  return { compose: () => written(readSlack(message)), answer: 'ok' }
}

/** @throws {Refusal} INVALID where a message has no words */
function written(said: Said): string {
  const text = fit(said)
  if (text === '') throw new Refusal('INVALID', 'The message has no text.', { pointer: '/text' })
  return text
}

/** Only Discord's messages have these; only Slack's have a `text`. */
const isForDiscord = (payload: unknown): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  !('text' in payload) &&
  ('content' in payload || 'embeds' in payload)

function textOf({ body, charset }: HookRequest): string {
  if (charset !== null && !/^utf-?8$/i.test(charset)) throw unknownType()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Refusal('INVALID', 'The body is not in UTF-8.')
  }
}

/** The JSON of a form's field `payload`, as Slack's and GitHub's senders have it. */
function formPayload(request: HookRequest): unknown {
  const payload = new URLSearchParams(textOf(request)).get('payload')
  if (payload === null)
    throw new Refusal('INVALID', 'A form needs the field payload; a plain text, Content-Type: text/plain.', {
      pointer: '/payload',
    })
  return json(payload)
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal('INVALID', 'The body is not valid JSON.')
  }
}

const unknownType = () =>
  new Refusal('INVALID', 'Send text/plain, application/json, or a form with the field payload, in UTF-8.', {
    status: 415,
  })
