import type { HistoryPage, Room } from 'me-api/contract'
import { useAccount } from '../../accounts/account.store.ts'
import { get } from '../../api/http.ts'
import { NICK } from '../../api/visitor-token.ts'
import { browserStorage } from '../../platform/browser-storage.ts'
import { usePresence } from '../../presence/presence.store.ts'
import { SEEN, readUpTo } from '../preferences/read-up-to.ts'

/** Milliseconds between two looks. */
const INTERVAL = 30_000
/** A mention is looked for among the latest unread messages of a few rooms: each room costs a request. */
const MESSAGES = 50
const ROOMS = 5
/**
 * Where the chat keeps who is ignored. Named here, because whatever the chat's page imports is in the chat's file, which
 * other pages do without.
 */
const IGNORED = 'me.chat.hidden'

/**
 * Counts what is unread in the chat while this tab has not opened it: by the numbers of `GET /api/chat/rooms`, and looks
 * whether this reader is mentioned there. Looks again when the tab comes back into sight; what another tab reads is
 * counted off at once. Ends when the chat is opened here, which counts by itself.
 */
export function lookForUnread(): void {
  const presence = usePresence()
  const account = useAccount()
  let rooms: readonly Room[] = []
  let mentions: readonly { room: string; seq: number }[] = []
  let lookedAt = 0

  async function look(): Promise<void> {
    lookedAt = Date.now()
    const found = await get<Room[]>('/api/chat/rooms').catch(() => undefined)
    if (!found) return
    rooms = found
    count()
    if (presence.unread === 0) return
    await account.restore()
    const nick = account.user?.nick ?? browserStorage.getItem(NICK)
    if (!nick) return
    const unread = rooms.filter((room) => unreadIn(room) > 0).slice(0, ROOMS)
    mentions = (await Promise.all(unread.map((room) => mentionsIn(room, nick)))).flat()
    count()
  }

  async function mentionsIn(room: Room, nick: string): Promise<{ room: string; seq: number }[]> {
    const limit = Math.min(MESSAGES, unreadIn(room))
    const path = `/api/chat/rooms/${room.name}/messages?limit=${limit}`
    const page = await get<HistoryPage>(path).catch(() => undefined)
    const messages = (page?.messages ?? []).filter(({ text }) => /[@＠﹫]/.test(text))
    if (messages.length === 0) return []
    const part = await import('me-api/contract/message-markdown').catch(() => undefined)
    const nicks = (page?.messages ?? []).map(({ author }) => author.nick)
    const ignored = ignoredPeople()
    return messages
      .filter(({ author, text }) => !ignored.has(author.id) && part?.isMentioned(text, nick, nicks))
      .map(({ seq }) => ({ room: room.name, seq }))
  }

  function count(): void {
    if (presence.chatCounts) return
    presence.unread = rooms.reduce((sum, room) => sum + unreadIn(room), 0)
    presence.mentioned = mentions.some(({ room, seq }) => seq > (readUpTo(room) ?? seq))
  }

  if (presence.chatCounts) return
  void look()
  addEventListener('storage', ({ key }) => {
    if (key === null || key.startsWith(SEEN)) count()
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !presence.chatCounts && Date.now() - lookedAt >= INTERVAL) void look()
  })
}

const unreadIn = ({ name, seq }: Room): number => Math.max(0, seq - (readUpTo(name) ?? seq))

function ignoredPeople(): ReadonlyMap<string, string> {
  try {
    return new Map(JSON.parse(browserStorage.getItem(IGNORED) ?? '[]') as [string, string][])
  } catch {
    return new Map()
  }
}
