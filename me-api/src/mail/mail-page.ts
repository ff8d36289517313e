import type { Language } from '../contract/index.ts'
import { escapeXml } from '../xml.ts'

/** The site's colours (me-vue/src/styles/tokens.css) in a form that mail programs know. */
const [INK, SOFT, LINE, LINK] = ['#20232f', '#5b5e69', '#e3dfd6', '#2f559c']
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
/** A dark mail program colours by itself what has no rules of its own. */
const DARK = `@media (prefers-color-scheme: dark) {
  body { background: #171a24 !important }
  .paper { background: #1f2330 !important; border-color: #3a3f50 !important }
  .ink, .ink a { color: #edeae4 !important }
  .soft { color: #abafbd !important }
  .link { color: #a9c6f2 !important }
  .button { background: #edeae4 !important; color: #20232f !important }
  .line { border-color: #3a3f50 !important }
}`

/** A part of a mail as HTML. What others wrote is escaped in it. */
export type Html = { html: string }

/**
 * Builds HTML: what stands between the parts is text and is escaped, unless it is HTML itself. Prettier formats templates
 * that are called `html`, and would add spaces to what others wrote.
 */
export function markup(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const written = values.map((value) =>
    Array.isArray(value)
      ? value.map((one) => one.html).join('')
      : typeof value === 'object'
        ? value.html
        : escapeXml(String(value)),
  )
  return { html: String.raw({ raw: parts }, ...written) }
}

export const heading = (text: string): Html =>
  markup`<h1 class="ink" style="margin:0 0 16px;font:600 21px/1.3 ${FONT};color:${INK}">${text}</h1>`

export const sectionHeading = (text: string): Html =>
  markup`<h2 class="ink line" style="margin:24px 0 0;padding-top:20px;border-top:1px solid ${LINE};font:600 16px/1.35 ${FONT};color:${INK}">${text}</h2>`

export const paragraph = (text: string): Html =>
  markup`<p class="ink" style="margin:10px 0 0;font:16px/1.5 ${FONT};color:${INK}">${text}</p>`

/** Somebody's text, which may be of another direction, on its lines. */
export const said = (text: string): Html =>
  markup`<p class="ink" dir="auto" style="margin:4px 0 0;font:16px/1.5 ${FONT};color:${INK};white-space:pre-wrap;overflow-wrap:anywhere">${text}</p>`

/** A passage that a message is about. */
export const quoted = (text: string): Html =>
  markup`<blockquote class="soft line" dir="auto" style="margin:6px 0 0;padding:0 12px;border:0 solid ${LINE};border-inline-start-width:3px;font:14px/1.45 ${FONT};color:${SOFT};overflow-wrap:anywhere">${text}</blockquote>`

/** The line above a message: by whom, and what else there is to say. */
export const byline = (name: string, more: Html): Html =>
  markup`<p class="soft" style="margin:20px 0 0;font:14px/1.45 ${FONT};color:${SOFT}"><b class="ink" style="color:${INK}">${name}</b> ${more}</p>`

/** A line that belongs to what stands above it. */
export const note = (text: Html): Html =>
  markup`<p class="soft" style="margin:4px 0 0;font:14px/1.45 ${FONT};color:${SOFT}">${text}</p>`

/** The end of what a mail tells. */
export const closing = (text: Html): Html =>
  markup`<p class="soft line" style="margin:24px 0 0;padding-top:16px;border-top:1px solid ${LINE};font:14px/1.45 ${FONT};color:${SOFT}">${text}</p>`

export const aside = (text: string | Html): Html =>
  markup`<p class="soft" style="margin:14px 0 0;font:14px/1.45 ${FONT};color:${SOFT}">${text}</p>`

export const link = (url: string, words: string): Html =>
  markup`<a class="link" href="${url}" style="color:${LINK}">${words}</a>`

export const button = (url: string, words: string): Html =>
  markup`<p style="margin:16px 0 0"><a class="button" href="${url}" style="display:inline-block;padding:10px 18px;border-radius:12px;background:${INK};color:#ffffff;font:600 15px/1.25 ${FONT};text-decoration:none">${words}</a></p>`

/** A whole mail as HTML, without pictures or anything else that would be fetched. */
export function mailPage(language: Language, title: string, parts: Html[], foot: Html[]): string {
  return markup`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${{ html: DARK }}
        </style>
      </head>
      <body style="margin:0;padding:16px;background:#faf8f4">
        <div
          class="paper line"
          style="max-width:600px;margin:0 auto;padding:24px;border:1px solid ${LINE};border-radius:18px;background:#ffffff"
        >
          ${parts}
        </div>
        <div style="max-width:600px;margin:0 auto;padding:4px 24px">${foot}</div>
      </body>
    </html> `.html
}
