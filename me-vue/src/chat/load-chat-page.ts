import { readUpTo } from './preferences/read-up-to.ts'
import { loadMessages } from '../i18n.ts'

/** The chat's page with its messages: the component of every route into the chat. The server has one of its own. */
export async function loadChatPage() {
  if (import.meta.env.SSR) return import('./document/ChatDocument.vue')
  const [page] = await Promise.all([import('./ChatEntry.vue'), loadMessages('chat')])
  // Lets a phone react to a touch between parsing the code and the first render.
  await new Promise((resolve) => setTimeout(resolve))
  return page
}

/** Called when a visitor points at a link to the chat, so that opening it is instant. */
export const preloadChatPage = () => void loadChatPage().catch(() => undefined)

/** Milliseconds after which a page has what it needs. */
const SETTLED = 1_500

/** Looks later for what is unread; not where this browser has never opened the chat. */
export function lookForUnreadLater(): void {
  if (readUpTo('lobby') !== null) setTimeout(lookForUnread, SETTLED)
}

const lookForUnread = () =>
  import('./notifications/look-for-unread.ts').then((part) => part.lookForUnread()).catch(() => undefined)
