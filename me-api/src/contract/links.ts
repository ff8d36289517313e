/**
 * What is a link in a text, for the site and the API alike. This file has no imports, like `limits.ts`. Every function
 * reads its text in linear time, whatever the text is.
 */

/**
 * A link in a text, from `start` to `end` in UTF-16 units: an `address` with `http://` or `https://`, a `name` that
 * people would open (`www.example.org`, `evil.com`, `t.me/x`), or an `email` address. `href` is its URL, for an address
 * as it was written.
 */
export type Link = { start: number; end: number; kind: 'address' | 'name' | 'email'; href: string }

/**
 * What ends a link wherever it stands: space, also the one without width that Khmer and Thai have between words, marks of
 * direction (RFC 3987 §4.1), `< > "`, and outside ASCII all brackets, quotation marks and marks that end a sentence or a
 * clause, because Chinese and Japanese have no space after a link. The raised dot is a letter's part in Catalan.
 */
const STOP = String.raw`\s\p{Cc}\u200b\p{Bidi_Control}<>＜＞≪≫"—―…‥⋯[[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{QMark}\p{Term}]--[\p{ASCII}·]]`
/** A host ends at ASCII punctuation too. */
const HOST = String.raw`\[[\da-f:.]*\]|[^${STOP}\/?#\\@:;,!$&'\(\)*+=\[\]\{\}\|\^~\x60]+`

const addressStart = /(?<![a-z\d])https?:\/\//gi
/** Slashes (browsers take any number of them), a name and a password, host and port. */
const authority = new RegExp(String.raw`[\/\\]*(?:[^${STOP}\/?#\\]*@)?(?:${HOST})(?::\d+)?`, 'ivy')
/**
 * A host's last label that begins in Latin letters and goes on in another script or an emoji: no top-level domain mixes
 * them, and Chinese, Japanese and Thai have no space after a link.
 */
const latinEnding = /^\.[a-z]{2,24}(?=[^\p{ASCII}\p{Script=Latin}\p{M}])/iv
const pathStart = /[/?#\\]/y
const path = new RegExp(String.raw`[^${STOP}\(\)\[\]\{\}]*`, 'vy')

/** The `http` and `https` addresses of a text, in their order. */
export function findAddresses(text: string): Link[] {
  const links: Link[] = []
  const emphasis = new Set<string>()
  let last = 0
  addressStart.lastIndex = 0
  for (let match = addressStart.exec(text); match; match = addressStart.exec(text)) {
    const { index: start } = match
    const afterHost = endOfHost(text, addressStart.lastIndex)
    if (afterHost === null) continue
    addressStart.lastIndex = afterHost
    if (!URL.canParse(text.slice(start, afterHost))) continue
    noteEmphasis(text, last, start, emphasis)
    last = endOfLink(text, start, afterHost, emphasis)
    links.push({ start, end: last, kind: 'address', href: text.slice(start, last) })
    addressStart.lastIndex = last
  }
  return links
}

/** All links of a text, in their order. */
export function findLinks(text: string): Link[] {
  const links: Link[] = []
  let last = 0
  for (const address of findAddresses(text)) {
    links.push(...findNames(text, last, address.start), address)
    last = address.end
  }
  return [...links, ...findNames(text, last, text.length)]
}

/** Where a sticky pattern that begins at `from` ends; null where it does not match. */
function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : null
}

/** Where the host ends that an address has at `from`; null where there is none. */
function endOfHost(text: string, from: number): number | null {
  const end = endOf(authority, text, from)
  return end === null ? null : from + hostLength(text.slice(from, end))
}

/** The length of a host without the words of another script that follow it. */
function hostLength(host: string): number {
  const start = host.lastIndexOf('.')
  const [label] = latinEnding.exec(host.slice(start)) ?? []
  return label === undefined ? host.length : start + label.length
}

const CLOSING: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
const MARKS = '*_~'
/** A path that ends in a name between two colons, but for the second. */
const named = /:[\w+-]{1,40}$/
/** Ends a sentence rather than a link: punctuation, an opened bracket, or an invisible mark of direction. */
const trailing = /[!'(,.:;?[`{\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|(?![\0-\x7f])\p{P}/u

/** Where the link ends whose host ends at `afterHost`. */
function endOfLink(text: string, start: number, afterHost: number, emphasis: ReadonlySet<string>): number {
  const whole = endOf(pathStart, text, afterHost) === null ? afterHost : endOfPath(text, afterHost)
  const core = text.slice(start, trimmedEnd(text, start, whole, MARKS))
  // Emphasis around a link ends after it, and emphasis marks within a link are its own.
  const foreign = [...MARKS].filter((mark) => emphasis.has(mark) || !core.includes(mark)).join('')
  const end = trimmedEnd(text, start, whole, foreign)
  return end < whole && text[end] === ':' && named.test(text.slice(afterHost, end)) ? end + 1 : end
}

/** Where a path ends: at what ends every link, or at a closing bracket that the path has not opened. */
function endOfPath(text: string, from: number): number {
  const opened: Record<string, number> = { '(': 0, '[': 0, '{': 0 }
  for (let end = from; ; end++) {
    end = endOf(path, text, end) ?? end
    const bracket = text[end] ?? ''
    const opening = CLOSING[bracket]
    if (bracket in opened) opened[bracket]!++
    else if (!opening || --opened[opening]! < 0) return end
  }
}

function trimmedEnd(text: string, from: number, end: number, marks: string): number {
  let length = end
  while (length > from && (trailing.test(text[length - 1]!) || marks.includes(text[length - 1]!))) length--
  return length
}

/** Notes which emphasis marks of Markdown are open after a piece of text between two links. */
function noteEmphasis(text: string, from: number, to: number, open: Set<string>): void {
  for (const { 0: run, index } of text.slice(from, to).matchAll(/\*+|_+|~+/g)) {
    const mark = run[0]!
    const [before, after] = [text[from + index - 1] ?? ' ', text[from + index + run.length] ?? ' ']
    const isInWord = mark === '_' && /[\p{L}\p{N}]/u.test(before)
    if (/\s/.test(after) || isInWord) open.delete(mark)
    else open.add(mark)
  }
}

/**
 * Top-level domains that make a name such as `evil.com` a link wherever it stands. The list leaves out those that are
 * as often a word after a missing space (`tell.me`) or a member in code (`console.info`, `socket.io`).
 */
const ENDINGS =
  `com net org biz edu gov co ai gg ly tv cc ws pw tk ml ga cf gq eu uk ca de nl fr pl cz ru su ua cn jp kr
  tw hk br mx au nz ch dk xyz site online shop club icu vip casino porn xxx mobi website buzz cfd sbs рф онлайн сайт`
    .split(/\s+/)
    .join('|')
/** File extensions: a name with one of them and a path after it may be a file. */
const FILES = 'c|cpp|css|go|h|html|java|js|json|jsx|md|php|py|rb|rs|sh|sql|ts|tsx|txt|vue|yaml|yml'

/** Candidates for a name: whole runs, so that the scan is linear. */
const runs = /[\p{L}\p{N}@._+-]{4,}/gu
const known = new RegExp(`^www\\.[\\p{L}\\p{N}]|[\\p{L}\\p{N}-]\\.(?:${ENDINGS}|xn--[a-z\\d-]+)$`, 'iu')
const withPath = new RegExp(
  `[\\p{L}\\p{N}-]\\.(?!(?:${FILES})$)\\p{L}{2,24}$|^(?:\\d{1,3}\\.){3}\\d{1,3}$`,
  'iu',
)
const namesPath = /[/?#]@?[\p{L}\p{N}]/uy
const port = /:\d{1,5}/y
const email = /^[\p{L}\p{N}._+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}[\p{L}\p{N}-]{0,62}$/u
const noEmphasis: ReadonlySet<string> = new Set()

/** Names and e-mail addresses between two addresses. */
function findNames(text: string, from: number, to: number): Link[] {
  const links: Link[] = []
  let last = 0
  const piece = text.slice(from, to)
  for (const { 0: run, index } of piece.matchAll(runs)) {
    if (index < last) continue
    const skipped = /^[._-]*/.exec(run)![0].length
    const end = trimmedName(run)
    const name = run.slice(skipped, end)
    const start = from + index + skipped
    const afterName = from + index + end
    const hasPath = end === run.length && endOf(namesPath, piece, index + end) !== null
    // A nick after an @ is no name, whatever follows it.
    const isName =
      (!name.includes('@') && known.test(name)) || (name[0] !== '@' && hasPath && withPath.test(name))
    if (isName) {
      const host = endOf(port, piece, afterName - from) ?? afterName - from
      const whole = from + endOfLink(piece, index + skipped, host, noEmphasis)
      links.push({ start, end: whole, kind: 'name', href: `http://${text.slice(start, whole)}` })
      last = whole - from
    } else if (email.test(name)) {
      links.push({ start, end: afterName, kind: 'email', href: `mailto:${name}` })
    }
  }
  return links
}

/** The length of a run without the punctuation and the words of another script after it. */
function trimmedName(run: string): number {
  let length = run.length
  while (length > 0 && '._-+'.includes(run[length - 1]!)) length--
  return hostLength(run.slice(0, length))
}

/** Browsers ignore or replace these: invisible characters, and the full stop of other scripts. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu
const otherStop = /。/gu
/** `https://x`, and any other scheme. */
const scheme = /:\/\/[^\s]/u
/** `[words](https:x)`. Markdown decodes escapes and entities in a destination. */
const destination = /\]\(\s{0,20}<?[^\s)]{0,300}?[:&\\]/u

/**
 * Whether a text contains anything that a reader could follow, also in disguise: an address of any scheme, a Markdown
 * destination, or a name. E-mail addresses are allowed, so that a visitor can leave one.
 */
export function hasLink(text: string): boolean {
  const plain = text.normalize('NFKC').replace(invisible, '').replace(otherStop, '.')
  return (
    scheme.test(plain) || destination.test(plain) || findLinks(plain).some(({ kind }) => kind !== 'email')
  )
}

/**
 * Whether a text has a link in the sense of `hasLink` that does not lead to the site itself, whose host is given as
 * browsers write it (`example.org`, `localhost:1337`); an empty host is no site's.
 */
export function hasForeignLink(text: string, site: string): boolean {
  let [rest, last] = ['', 0]
  for (const { start, end } of findLinks(text).filter(({ href }) => leadsTo(site, href))) {
    // A word in its place, so that a scheme before it (`ftp://`) stays one.
    rest += `${text.slice(last, start)}x`
    last = end
  }
  return hasLink(rest + text.slice(last))
}

/**
 * Whether an address has this host, and nothing that some reader could take for another one: a name before an `@`, or a
 * backslash, which a browser reads as a slash and Markdown as an escape.
 */
function leadsTo(host: string, href: string): boolean {
  const url = href.includes('\\') ? null : URL.parse(href)
  if (!url || url.username || url.password || !url.protocol.startsWith('http')) return false
  return host !== '' && url.host.replace(/\.(?=$|:)/, '') === host
}
