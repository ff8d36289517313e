export type Part = { text: string; href?: string }

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}]+/giu
/** Close a sentence rather than an address. */
const CLOSING = '.,;:!?…”’»*_~'

/** Splits plain text into text and safe links; http and https only. */
export function autolink(text: string): Part[] {
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
  const count = (character: string) => address.split(character).length - 1
  /** Closing brackets that were not opened in it. */
  const surplus: Record<string, number> = { ')': count(')') - count('('), ']': count(']') - count('[') }
  let length = address.length
  for (; length > 0; length--) {
    const last = address[length - 1]!
    if (surplus[last]! > 0) surplus[last]!--
    else if (!CLOSING.includes(last)) break
  }
  return address.slice(0, length)
}

/** Scheme and authority of an address, as a browser reads them: it takes any slashes before and ends at any after. */
export const AUTHORITY = /^https?:[/\\]*([^/\\?#]*)/i

/**
 * An address as it is shown: always its host, as the browser uses it, without a name and a password before it; and of a
 * long path only the end.
 */
export function shortAddress(address: string, host = new URL(address).host): string {
  const rest = address.replace(AUTHORITY, '').replace(/\/$/, '')
  if (!rest || host.length + rest.length <= 40) return host + rest
  return `${host}/…/${rest.split('/').at(-1)!.slice(0, 24)}`
}
