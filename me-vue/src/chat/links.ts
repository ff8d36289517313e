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

/** Scheme and authority of an address, as a browser reads them: it takes any slashes before and ends at any after. */
const AUTHORITY = /^https?:[/\\]*([^/\\?#]*)/i
/** What shows nothing, or turns the letters around it. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** An address as it is shown: always its host, first and as `shownHost` says, and of a long path only the end. */
export function shortAddress(address: string): string {
  const host = shownHost(address)
  const rest = address.replace(AUTHORITY, '').replace(UNSEEN, encodeURIComponent)
  const bare = host + (rest === '/' ? '' : rest)
  if (bare.length <= 40) return bare
  return [host, '…', ...rest.split('/').slice(-1)]
    .map((part, at) => (at < 2 ? part : part.slice(0, 24)))
    .join('/')
}

/**
 * Where an http address leads: the host as the browser uses it, without a name and a password before it. It is shown
 * in other letters than ASCII only where it was written in them and cannot be taken for another host.
 */
export function shownHost(address: string): string {
  const { host, hostname, port } = new URL(address)
  if (!hostname.includes('xn--')) return host
  const [, authority = ''] = AUTHORITY.exec(address) ?? []
  const written = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .toLowerCase()
    .normalize('NFKC')
  const isSame = isReadable(written) && new URL(`https://${written}`).hostname === hostname
  return isSame ? written + (port && `:${port}`) : host
}

/** Latin letters as the languages of Europe have them, without those that look like others. */
const LATIN = /^[a-z\d\u00df-\u00f6\u00f8-\u0130\u0132-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u017e-]+$/
/** Scripts that are read from left to right and not mixed with others. */
const OTHERS = [
  /^[\p{Script=Cyrillic}\d-]+$/u,
  /^[\p{Script=Greek}\d-]+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\d-]+$/u,
  /^[\p{Script=Hangul}\d-]+$/u,
]

/**
 * Whether a host can be shown as it was written: each label in one script, and another one than Latin only below a
 * top-level domain in the same, as whole words of Cyrillic look like Latin ones. Browsers' rules are alike, and longer.
 */
function isReadable(host: string): boolean {
  const labels = host.split('.')
  const top = OTHERS.find((script) => script.test(labels.at(-1) ?? ''))
  return labels.every((label) => LATIN.test(label) || top?.test(label))
}

/** Whether words say themselves where they lead, and nothing else: the place first, and after it no more than a path. */
export function saysPlace(words: string, place: string): boolean {
  const said = words
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:)/, '')
  const start = place.toLowerCase()
  return said.startsWith(start) && /^(?:[/?#][!-~]*)?$/.test(said.slice(start.length))
}
