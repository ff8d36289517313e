import { browserStorage } from '../platform/browser-storage.ts'

/** Where a browser keeps the token that the chat gave to a visitor without an account. */
export const TOKEN = 'me.chat.token'

/** Shows the server which visitor asks; an account is known by its cookie. */
export function visitorHeaders(): Record<string, string> {
  const token = browserStorage.getItem(TOKEN)
  return token ? { authorization: `Bearer ${token}` } : {}
}
