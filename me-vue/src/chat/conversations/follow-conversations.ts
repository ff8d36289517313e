import type { Conversation } from 'me-api/contract'
import { request } from '../../api/http.ts'
import { ownHeaders } from '../../api/own-headers.ts'
import type { useChat } from '../chat.store.ts'

type Parts = {
  chat: ReturnType<typeof useChat>
  /** Called with the newest message of each conversation in which more is unread than before. */
  onUnread: (conversation: Conversation) => void
}

/** Keeps the list of one's private conversations: read after each `welcome`, and when one of them has changed. */
export function followConversations({ chat, onUnread }: Parts): void {
  let underWay: Promise<void> | undefined
  let isStale = false

  async function load(): Promise<void> {
    do {
      isStale = false
      const before = new Map(chat.conversations.map(({ name, unread }) => [name, unread]))
      const list = chat.self
        ? await request<Conversation[]>('GET', '/api/chat/conversations', { headers: ownHeaders() }).catch(
            () => undefined,
          )
        : []
      if (!list) return
      chat.conversations = list
      for (const one of list) if (one.unread > (before.get(one.name) ?? 0)) onUnread(one)
    } while (isStale)
  }

  /** A list that was asked for before a change may lack it. */
  function look(): void {
    isStale = true
    underWay ??= load().finally(() => (underWay = undefined))
  }

  chat.socket.on('welcome', look)
  chat.socket.on('conversation:changed', ({ room, gone = false }) => {
    look()
    // It was removed while it is shown, or has begun again.
    if (room === chat.room && gone !== chat.missing) chat.enterAgain()
  })
  // `welcome` may have come before this was loaded.
  if (chat.self) look()
}
