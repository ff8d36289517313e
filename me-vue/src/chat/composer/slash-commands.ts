/** How a text is used: sent as a message, or run as a command. */
type Command =
  | { is: 'send'; text: string }
  | { is: 'nick'; nick: string }
  | { is: 'help' }
  | { is: 'unknown'; name: string }

/** Reads `/nick NAME`, `/me text` and `/help`; a text that begins with two slashes is sent with one. */
export function readCommand(text: string): Command {
  if (text.startsWith('//')) return { is: 'send', text: text.slice(1) }
  if (!text.startsWith('/')) return { is: 'send', text }
  const name = text.slice(1).split(/\s/, 1)[0]!
  const rest = text.slice(1 + name.length).trimStart()
  if (name === 'nick') return { is: 'nick', nick: rest.trim() }
  if (name === 'me' && rest) return { is: 'send', text: `_${rest}_` }
  if (name === 'help' || name === 'me') return { is: 'help' }
  return { is: 'unknown', name }
}
