import { escapeXml } from '../xml.ts'
import type { EventsDescription, JsonSchema } from './asyncapi.ts'

/** Renders the events' reference from their AsyncAPI description, as a page without a script. */
export function eventsPage({ info, channels, operations, components }: EventsDescription): string {
  const { messages, schemas } = components
  const replied = (key: string) => messages[`${key}.ack`]
  const isOf = (action: string) => (key: string) =>
    (operations as Record<string, { action?: string }>)[key]?.action === action
  const events = Object.keys(messages).filter((key) => key in operations && !/^(frame|lesson)\./.test(key))
  const frames = Object.keys(channels.plain.messages)
  const ofLesson = Object.keys(channels.lesson.messages)

  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Events of the sockets</title>
  <link rel="stylesheet" href="/api/docs/events.css">
</head>
<body>
<main>
<p><a href="/api/docs">REST API</a> · <a href="/api/asyncapi.json">AsyncAPI</a></p>
<h1>Events of the sockets</h1>
${prose(info.description)}
<nav aria-label="Events"><ul>${[...events, ...frames, ...ofLesson].map((key) => `<li>${linkTo(key, messages[key]?.title)}</li>`).join('')}<li>${linkTo('shapes', 'Shapes')}</li></ul></nav>
<h2>Socket.IO</h2>
${prose(channels.socketio.description)}
<h2>Client → server</h2>
${events.filter(isOf('receive')).map(sectionOf).join('\n')}
<h2>Server → client</h2>
${events.filter(isOf('send')).map(sectionOf).join('\n')}
<h2>Plain WebSocket</h2>
${prose(channels.plain.description)}
${frames.map((key) => `<section id="${key}"><h3>${text(messages[key]?.title)}</h3>${prose(messages[key]?.summary)}</section>`).join('\n')}
<h2>The lesson: Socket.IO without a log</h2>
${prose(channels.lesson.description)}
${ofLesson.map(sectionOf).join('\n')}
<h2 id="shapes">Shapes</h2>
${Object.entries(schemas)
  .map(([name, schema]) => `<section id="${name}"><h3>${text(name)}</h3>${shapeOf(schema)}</section>`)
  .join('\n')}
</main>
</body>
</html>
`

  function sectionOf(key: string): string {
    const { title, summary, payload } = messages[key] ?? {}
    const [done, refused] = replied(key)?.payload.anyOf ?? []
    const codes = refused?.properties?.['error']?.properties?.['code']?.enum
    return `<section id="${key}"><h3><code>${text(title)}</code></h3>
${prose(summary)}
<h4>Data</h4>
${shapeOf(payload)}
${done ? `<h4>Acknowledgement</h4>\n<p><code>data</code>: ${typeOf(done.properties?.['data'])}</p>` : ''}
${codes ? `<h4>Errors</h4>\n<p>${codes.map((code) => `<code>${text(code)}</code>`).join(' ')}</p>` : ''}
</section>`
  }
}

export const eventsStyle = `:root { color-scheme: light dark }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif }
main { max-inline-size: 60rem; margin-inline: auto; padding: 1rem }
h2 { margin-block-start: 3rem }
section { margin-block: 2rem; overflow-x: auto }
h4 { margin-block: 1rem .25rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none }
table { border-collapse: collapse }
th, td { padding: .25rem .75rem .25rem 0; text-align: start; vertical-align: top }
tr { border-block-end: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
`

/** Renders a table of an object's fields, or the type of any other value. */
function shapeOf(schema: JsonSchema | undefined): string {
  const { properties, required = [] } = schema ?? {}
  if (!properties) return `<p>${typeOf(schema)}</p>`
  const rows = Object.entries(properties).map(
    ([name, field]) =>
      `<tr><th scope="row"><code>${text(name)}</code>${required.includes(name) ? '' : ' (optional)'}</th><td>${typeOf(field)}</td><td>${words([field.description, ...boundsOf(field)])}</td></tr>`,
  )
  return `<table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function typeOf(schema: JsonSchema | undefined): string {
  if (!schema) return ''
  const { $ref, const: only, enum: some, anyOf, type, items, properties, required = [] } = schema
  if ($ref) return linkTo(nameOf($ref))
  if (only !== undefined) return `<code>${text(JSON.stringify(only))}</code>`
  if (some) return some.map((one) => `<code>${text(JSON.stringify(one))}</code>`).join(' | ')
  if (anyOf) return anyOf.map(typeOf).join(' | ')
  if (Array.isArray(type)) return type.map(text).join(' | ')
  if (type === 'array' && items && !Array.isArray(items)) return `list of ${typeOf(items)}`
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, field]) => `${text(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field)}`,
    )
    return `{ ${fields.join(', ')} }`
  }
  if (typeof schema.additionalProperties === 'object')
    return `{ [key]: ${typeOf(schema.additionalProperties)} }`
  return text(type)
}

/** Returns a value's constraints in addition to its type. */
function boundsOf({ format, pattern, minLength, maxLength, minimum, maximum }: JsonSchema): string[] {
  return [
    format ?? '',
    pattern === undefined ? '' : `\`${pattern}\``,
    between(minLength, maxLength, ' characters'),
    between(minimum, maximum, ''),
  ]
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return `${least}–${most}${unit}`
  if (most !== undefined) return `${most}${unit} at most`
  return least === undefined ? '' : `${least}${unit} at least`
}

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ''
const linkTo = (key: string, title: unknown = key): string => `<a href="#${text(key)}">${text(title)}</a>`
const text = (value: unknown): string => escapeXml(String(value ?? ''))

/** Renders plain text with `code` in it. */
const inline = (value: string): string => text(value).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
const words = (parts: (string | undefined)[]): string => inline(parts.filter(Boolean).join('; '))
const prose = (value = ''): string =>
  value
    .split('\n\n')
    .map((part) => `<p>${inline(part)}</p>`)
    .join('\n')
