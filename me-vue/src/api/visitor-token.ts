import { browserStorage } from '../platform/browser-storage.ts'

/** Where a browser keeps the token that the chat gave to a visitor without an account. */
export const TOKEN = 'me.chat.token'

/** Where it keeps the visitor's nick. */
export const NICK = 'me.chat.nick'

/** Removes what lets this browser return as the visitor. */
export function forgetVisitor(): void {
  browserStorage.removeItem(TOKEN)
  browserStorage.removeItem(NICK)
}

/** Shows the server which visitor asks; an account is known by its cookie. */
export function visitorHeaders(): Record<string, string> {
  const token = browserStorage.getItem(TOKEN)
  return token ? { authorization: `Bearer ${token}` } : {}
}
