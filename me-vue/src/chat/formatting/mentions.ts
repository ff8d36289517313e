/** Letters of our own languages that Unicode does not take apart, as the server does for nicks. */
const BARE: Record<string, string> = { ø: 'o', æ: 'ae', đ: 'd', ł: 'l' }

/** A nick, or a text with some, as nicks are compared: case and accents aside. */
export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/[øæđł]/g, (letter) => BARE[letter] ?? letter)

/** Whether a text mentions a person: their nick after an @, and not as part of a longer word. */
export function mentions(text: string, nick: string): boolean {
  if (!text.includes('@')) return false
  const [said, wanted] = [folded(text), `@${folded(nick)}`]
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1)) {
    const [before, after] = [said.slice(0, at), said.slice(at + wanted.length)]
    if (!/[\p{L}\p{N}_]$/u.test(before) && !/^[\p{L}\p{N}_]/u.test(after)) return true
  }
  return false
}
