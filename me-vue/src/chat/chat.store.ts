import type { Message } from 'me-api/contract'
import { defineStore } from 'pinia'
import { shallowRef, watch, watchEffect } from 'vue'
import { useAccount } from '../accounts/account.store.ts'
import { ApiError, get } from '../api/http.ts'
import { createSocket, onceClosed } from '../api/socket.ts'
import { loadMessages } from '../i18n.ts'
import { usePresence } from '../presence/presence.store.ts'
import { safeStorage } from '../platform/safe-storage.ts'
import { createChatClient } from './client/chat-client.ts'
import { browserClock } from '../platform/clock.ts'
import { fetchHistory } from './client/fetch-history.ts'
import { createCredentials, TOKEN } from './client/credentials.ts'
import type { MessageLog } from './client/message-log.ts'
import { uuid } from './outbox/uuid.ts'
import { claimTabId } from './client/tab-id.ts'
import { onPageLeave, onPageWake } from './client/page-lifecycle.ts'

/** The chat with this browser's parts. It connects when the chat is first opened and stays so. */
export const useChat = defineStore('chat', () => {
  const account = useAccount()
  const presence = usePresence()
  const session = safeStorage(() => sessionStorage)

  const identity = createCredentials({
    local: safeStorage(() => localStorage),
    tab: claimTabId(session, window, uuid),
    signedIn: () => account.user !== undefined,
  })
  const socket = createSocket(identity.handshake)
  const chat = createChatClient({
    socket,
    onceClosed: (call) => onceClosed(socket, call),
    clock: browserClock,
    random: Math.random,
    networkUp: () => navigator.onLine,
    identity,
    loadWriting: async (link) => {
      const [{ createWriteActionsHere }] = await Promise.all([
        import('./outbox/create-write-actions.ts'),
        loadMessages('controls'),
      ])
      return createWriteActionsHere(link)
    },
    solveChallenge: async (signal) =>
      (await import('../proof-of-work/solve-challenge.ts')).solveChallenge(signal),
    fetchHistory,
    fetchMessage: (id) =>
      get<Message>(`/api/chat/messages/${id}`).catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'NOT_FOUND') return undefined
        throw error
      }),
  })

  // Not before it is known whether somebody is signed in: that decides who one connects as.
  void account.restore().finally(() => {
    chat.connect()
    onPageWake(chat)
    watch(() => account.user?.id, chat.connect)
  })
  onPageLeave(chat.flush)
  // Another tab has got a nick, and this one is the same person.
  addEventListener('storage', ({ key }) => {
    if (key === TOKEN && chat.needsNick.value) chat.connect()
  })

  /** There is something to read, or nothing to wait for. */
  const settled = new Promise<void>((resolve) => {
    watchEffect(() => {
      if (chat.log.value.cursor !== null || !['connecting', 'live'].includes(chat.connection.value.is))
        resolve()
    })
  })

  // Of no use before something has been read; without it one is only not told.
  void settled
    .then(() => import('./notifications/notifications.store.ts'))
    .then(({ useNotifications }) => useNotifications().start(socket))
    .catch(() => undefined)

  watchEffect(() => {
    presence.live = chat.connection.value.is === 'live'
    if (presence.live)
      presence.set({
        total: chat.total.value,
        ownerHere: chat.people.value.some((person) => person.role === 'owner'),
      })
  })

  const kept = shallowRef<MessageLog>()
  void settled
    .then(() => import('./client/offline-log.ts'))
    .then(({ keepOfflineLog }) => {
      const storage = safeStorage(() => localStorage)
      keepOfflineLog({ chat, kept, storage, clock: browserClock, onLeaving: onPageLeave })
    })
    .catch(() => undefined)

  /** Over what it goes and how fast, for the curious. */
  async function probe() {
    const { measureLatency } = await import('./client/measure-latency.ts')
    return measureLatency(socket, chat.room.value, chat.log.value.cursor)
  }

  return { ...chat, kept, probe }
})
