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

/** What Discord takes: "Execute Webhook" and "Embed Limits". */
const [EMBEDS_MAX, FIELDS_MAX] = [10, 25]

/**
 * What programs send to Discord's webhooks; all else of it is for Discord alone.
 * https://discord.com/developers/docs/resources/webhook#execute-webhook
 */
const Embed = z.object({
  title: ForeignText,
  description: ForeignText,
  url: ForeignText,
  author: z.object({ name: ForeignText, url: ForeignText }).nullish(),
  fields: foreignList(z.object({ name: ForeignText, value: ForeignText }), FIELDS_MAX),
  image: z.object({ url: ForeignText }).nullish(),
  footer: z.object({ text: ForeignText }).nullish(),
})
export const DiscordMessage = z.object({
  content: ForeignText,
  username: ForeignText,
  embeds: foreignList(Embed, EMBEDS_MAX),
})
type DiscordMessage = z.infer<typeof DiscordMessage>

/** Reads a message for Discord; who it says it is from stands in the text, because the bot is its author. */
export const readDiscord = ({ content, username, embeds }: DiscordMessage): Said => ({
  text: fromSender(username, lines(chatMarkdown(content), listed(embeds, embedText))),
  link: embeds?.find(({ url }) => url)?.url ?? undefined,
})

const embedText = ({ title, description, url, author, fields, image, footer }: z.infer<typeof Embed>) =>
  quoted(
    lines(
      author?.name && link(author.name, author.url),
      title && `**${link(title, url)}**`,
      chatMarkdown(description),
      listed(fields, ({ name, value }) => lines(name && bold(name), chatMarkdown(value))),
      image?.url && link(image.url, image.url),
      footer?.text && plain(footer.text),
    ),
  )

/** Code, which is not read, and what Discord writes between angle brackets or with an @. */
const parts = /```[\s\S]*?```|`[^`\n]+`|<([^<>\s][^<>\n]*)>|@(?:everyone|here)\b/g

/**
 * Discord's Markdown as the chat's, which is nearly the same: of marks that the chat does not have the words stay.
 * https://discord.com/developers/docs/reference#message-formatting
 */
function chatMarkdown(text: string | null | undefined): string {
  if (!text) return ''
  let [written, last] = ['', 0]
  for (const { 0: part, 1: control, index } of text.matchAll(parts)) {
    written += spoken(text.slice(last, index))
    if (control !== undefined) written += controlText(control)
    else written += part.startsWith('@') ? quiet(part) : part
    last = index + part.length
  }
  return written + spoken(text.slice(last))
}

/** A heading is bold, the small print is print, and what is hidden behind bars is shown. */
const spoken = (text: string): string =>
  text
    .replace(/^#{1,3} +(\S.*)$/gm, (_, words: string) => `**${words.trimEnd()}**`)
    .replace(/^-# +/gm, '')
    .replace(/\|\|([^|]+)\|\|/g, '$1')

/** `<@id>`, `<@&id>`, `<#id>`, `<:name:id>`, `<a:name:id>`, `<t:seconds:style>`, `</command:id>`, `<https://…>`. */
function controlText(control: string): string {
  if (/^https?:/i.test(control)) return link(control, control)
  const [, emoji] = /^a?(:\w+:)\d+$/.exec(control) ?? []
  if (emoji) return emoji
  const [, seconds] = /^t:(-?\d{1,11})(?::\w)?$/.exec(control) ?? []
  if (seconds) return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const [, command] = /^(\/[^:]+):\d+$/.exec(control) ?? []
  if (command) return plain(command)
  return /^[@#][!&]?\d+$/.test(control) ? plain(control) : plain(`<${control}>`)
}
