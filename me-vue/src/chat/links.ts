export type Part = { text: string; href?: string }

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}]+/giu
/** Closes a sentence rather than an address. */
const CLOSING = new Set('.,;:!?…”’»*_~')
const OPENED_BY = new Map([
  [')', '('],
  [']', '['],
])

/** Plain text cut into words and safe links; http and https only. */
export function withLinks(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0])
    if (!URL.canParse(address)) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index) })
    parts.push({ text: address, href: new URL(address).href })
    end = match.index + address.length
  }
  if (end < text.length) parts.push({ text: text.slice(end) })
  return parts
}

/** Without the full stop after it, and the bracket that was opened before it. */
function trimmed(address: string): string {
  const unopened = new Map(
    [...OPENED_BY].map(([end, start]) => [end, count(address, end) - count(address, start)]),
  )
  let length = address.length
  for (; length > 0; length--) {
    const last = address[length - 1]!
    const surplus = unopened.get(last) ?? 0
    if (surplus > 0) unopened.set(last, surplus - 1)
    else if (!CLOSING.has(last)) break
  }
  return address.slice(0, length)
}

const count = (text: string, character: string) => text.split(character).length - 1

/** An address as it is shown: always its host, and of a long path only the end. */
export function shortAddress(address: string): string {
  const bare = address.replace(/^https?:\/\//i, '').replace(/\/$/, '')
  if (bare.length <= 40) return bare
  const [host = '', ...path] = bare.split('/')
  return [host, '…', ...path.slice(-1).map((end) => end.slice(0, 24))].join('/')
}
