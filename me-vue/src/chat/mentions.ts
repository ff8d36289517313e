/** Whether a text speaks to somebody: their nick after an @, in whatever case, and not as part of a longer word. */
export function mentions(text: string, nick: string): boolean {
  const [said, wanted] = [folded(text), `@${folded(nick)}`]
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1)) {
    const [before, after] = [said.slice(0, at), said.slice(at + wanted.length)]
    if (!/[\p{L}\p{N}_]$/u.test(before) && !/^[\p{L}\p{M}\p{N}_]/u.test(after)) return true
  }
  return false
}

const folded = (text: string) => text.normalize('NFKC').toLowerCase()
