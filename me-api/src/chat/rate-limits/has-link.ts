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

/** Browsers ignore or replace these: invisible characters, and the full stop of other scripts. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu
const otherStop = /。/gu

/** `https://x`, and any other scheme. */
const scheme = /:\/\/[^\s]/u
/** `[words](https:x)`. Markdown decodes escapes and entities in a destination. */
const destination = /\]\(\s{0,20}<?[^\s)]{0,300}?[:&\\]/u
/** Candidates for a name: whole runs, so that the scan is linear. */
const runs = /[\p{L}\p{N}@._-]{4,}/gu
const known = new RegExp(`^www\\.[\\p{L}\\p{N}]|[\\p{L}\\p{N}-]\\.(?:${ENDINGS}|xn--[a-z\\d-]+)$`, 'iu')
const withPath = new RegExp(
  `[\\p{L}\\p{N}-]\\.(?!(?:${FILES})$)\\p{L}{2,24}$|^(?:\\d{1,3}\\.){3}\\d{1,3}$`,
  'iu',
)
const path = /^[/?#][\p{L}\p{N}]/u

/**
 * Whether a text contains a link or a name that people would open: a scheme, `www.`, a Markdown destination, a name
 * with a known top-level domain, or any dotted name with a path. E-mail addresses are allowed, so that a visitor can
 * leave one.
 */
export function hasLink(text: string): boolean {
  const plain = text.normalize('NFKC').replace(invisible, '').replace(otherStop, '.')
  if (scheme.test(plain) || destination.test(plain)) return true
  for (const { 0: run, index } of plain.matchAll(runs)) {
    const name = run.replace(/^[._-]+/, '').replace(/[._-]{1,100}$/, '')
    if (!name.includes('@') && known.test(name)) return true
    const end = index + run.length
    if (run.endsWith(name) && withPath.test(name) && path.test(plain.slice(end, end + 3))) return true
  }
  return false
}
