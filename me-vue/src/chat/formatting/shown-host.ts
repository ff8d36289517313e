import { cutText } from 'me-api/contract/cut-text'

/** Scheme and authority of an address, as a browser reads them: it takes any slashes before and ends at any after. */
const AUTHORITY = /^https?:[/\\]*([^/\\?#]*)/i

/** Characters that are invisible or change the direction of text. */
const UNSEEN = /\p{DI}/gu

/**
 * An address as it is shown: always with its host, as in `shownHost`, and without invisible characters; of a long path
 * only the end.
 */
export function shownAddress(address: string): string {
  const host = shownHost(address)
  const rest = address.replace(UNSEEN, encodeURIComponent).replace(AUTHORITY, '').replace(/\/$/, '')
  if (!rest || host.length + rest.length <= 40) return host + rest
  return `${host}/…/${cutText(rest.split('/').at(-1)!, 24)}`
}

/**
 * The host of an http address, as the browser uses it. It is shown with non-ASCII letters only where it was written with
 * them and cannot be mistaken for another host.
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

/** Whether a link's text is its own address: the host, and at most a path after it. */
export function saysPlace(words: string, place: string): boolean {
  const said = words
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:)/, '')
  const start = place.toLowerCase()
  return said.startsWith(start) && /^(?:[/?#][!-~]*)?$/.test(said.slice(start.length))
}
