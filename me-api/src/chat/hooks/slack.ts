import { z } from 'zod'
import {
  ForeignText,
  type Said,
  bold,
  foreignList,
  fromSender,
  lines,
  link,
  listed,
  plain,
  quiet,
  quoted,
} from './chat-text.ts'

/** What Slack takes: "attachments" of `chat.postMessage`, and the reference of blocks. */
const [ATTACHMENTS_MAX, BLOCKS_MAX, FIELDS_MAX] = [100, 50, 100]

/**
 * What programs send to Slack's incoming webhooks; all else of it is for Slack alone.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
const Field = z.object({ title: ForeignText, value: ForeignText })
const Attachment = z.object({
  fallback: ForeignText,
  pretext: ForeignText,
  author_name: ForeignText,
  author_link: ForeignText,
  title: ForeignText,
  title_link: ForeignText,
  text: ForeignText,
  fields: foreignList(Field, FIELDS_MAX),
  image_url: ForeignText,
  footer: ForeignText,
})
const TextObject = z.object({ type: z.string().optional(), text: ForeignText })
const Block = z.object({
  type: z.string(),
  text: z.union([TextObject, ForeignText]),
  fields: foreignList(TextObject, FIELDS_MAX),
})
export const SlackMessage = z.object({
  text: ForeignText,
  username: ForeignText,
  attachments: foreignList(Attachment, ATTACHMENTS_MAX),
  blocks: foreignList(Block, BLOCKS_MAX),
})
type SlackMessage = z.infer<typeof SlackMessage>

/** Reads a message for Slack; who it says it is from stands in the text, because the bot is its author. */
export function readSlack({ text, username, attachments, blocks }: SlackMessage): Said {
  // With blocks, the text is for notices only.
  const body = listed(blocks, blockText) || mrkdwn(text)
  return {
    text: fromSender(username, lines(body, listed(attachments, attachmentText))),
    link: attachments?.find(({ title_link }) => title_link)?.title_link ?? undefined,
  }
}

function attachmentText(attachment: z.infer<typeof Attachment>): string {
  const { fallback, pretext, author_name, author_link, title, title_link } = attachment
  const aside = lines(
    author_name && link(decoded(author_name), author_link),
    title && `**${link(decoded(title), title_link)}**`,
    mrkdwn(attachment.text),
    listed(attachment.fields, fieldText),
    attachment.image_url && link(attachment.image_url, attachment.image_url),
    attachment.footer && plain(decoded(attachment.footer)),
  )
  const before = mrkdwn(pretext)
  return lines(before, aside && quoted(aside)) || plain(decoded(fallback ?? ''))
}

const fieldText = ({ title, value }: z.infer<typeof Field>): string =>
  lines(title && bold(decoded(title)), mrkdwn(value))

function blockText({ text, fields }: z.infer<typeof Block>): string {
  return lines(typeof text === 'string' ? mrkdwn(text) : text && textOf(text), listed(fields, textOf))
}

const textOf = ({ type, text }: z.infer<typeof TextObject>): string =>
  type === 'plain_text' ? plain(text ?? '') : mrkdwn(text)

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** Slack knows three entities and decodes each once. */
const decoded = (text: string): string => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]!)

/** Code, which is not read, what stands between angle brackets, and the rest. */
const parts = /```[\s\S]*?```|`[^`\n]+`|<([^<>\n]+)>/g

/** Slack's formatting as the chat's. https://docs.slack.dev/messaging/formatting-message-text */
function mrkdwn(text: string | null | undefined): string {
  if (!text) return ''
  let [written, last] = ['', 0]
  for (const { 0: part, 1: control, index } of text.matchAll(parts)) {
    written += spoken(text.slice(last, index))
    written += control === undefined ? decoded(unlinked(part)) : controlText(control)
    last = index + part.length
  }
  return written + spoken(text.slice(last))
}

/** In code a link is its address. */
const unlinked = (text: string): string => text.replace(/<(https?:[^<>|\n]+)(?:\|[^<>\n]*)?>/g, '$1')

const edge = String.raw`(?<![\p{L}\p{N}*~])`
const end = String.raw`(?![\p{L}\p{N}*~])`
const strong = new RegExp(String.raw`${edge}\*(?!\s)([^*\n]+?)(?<!\s)\*${end}`, 'gu')
const struck = new RegExp(String.raw`${edge}~(?!\s)([^~\n]+?)(?<!\s)~${end}`, 'gu')

const spoken = (text: string): string => decoded(text.replace(strong, '**$1**').replace(struck, '~~$1~~'))

/** `<https://…|words>`, `<@U…|name>`, `<#C…|name>`, `<!here>`, `<!date^…|words>`. */
function controlText(control: string): string {
  const [target = '', ...rest] = control.split('|')
  const words = decoded(rest.join('|'))
  if (/^https?:/i.test(target)) return link(words || decoded(target), decoded(target))
  const name = plain(words) || plain(target.slice(1).split('^')[0]!)
  if (target.startsWith('@')) return `${quiet('@')}${name.replace(/^@\u2060/, '')}`
  if (target.startsWith('#')) return `#${name.replace(/^#/, '')}`
  if (!target.startsWith('!')) return plain(words || decoded(target.replace(/^mailto:/i, '')))
  return words && target.includes('^') ? name : `${quiet('@')}${name.replace(/^@\u2060/, '')}`
}
