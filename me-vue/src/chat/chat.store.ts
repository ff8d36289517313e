import type { Message } from 'me-api/contract'
import { defineStore } from 'pinia'
import { shallowRef, watch, watchEffect } from 'vue'
import { useAccount } from '../accounts/account.store.ts'
import { ApiError, get } from '../api/http.ts'
import { createSocket, onceClosed } from '../api/socket.ts'
import { speakOf } from '../i18n.ts'
import { usePresence } from '../presence/presence.store.ts'
import { safeStorage } from '../platform/safe-storage.ts'
import { createChat } from './client/chat-client.ts'
import { browserClock } from '../platform/clock.ts'
import { fetchHistory } from './client/fetch-history.ts'
import { createIdentity, TOKEN } from './client/credentials.ts'
import type { MessageLog } from './client/message-log.ts'
import { newId } from './outbox/uuid.ts'
import { claimTabName } from './client/tab-id.ts'
import { heedLeaving, heedWakeUps } from './client/page-lifecycle.ts'

/** The chat with this browser's parts. It connects when the chat is first opened and stays so. */
export const useChat = defineStore('chat', () => {
  const account = useAccount()
  const presence = usePresence()
  const session = safeStorage(() => sessionStorage)

  const identity = createIdentity({
    local: safeStorage(() => localStorage),
    tab: claimTabName(session, window, newId),
    signedIn: () => account.user !== undefined,
  })
  const socket = createSocket(identity.handshake)
  const chat = createChat({
    socket,
    onceClosed: (call) => onceClosed(socket, call),
    clock: browserClock,
    random: Math.random,
    networkUp: () => navigator.onLine,
    identity,
    loadWriting: async (link) => {
      const [{ openWriting }] = await Promise.all([
        import('./outbox/create-write-actions.ts'),
        speakOf('bar'),
      ])
      return openWriting(link)
    },
    proveWork: async (signal) => (await import('../proof-of-work/solve-challenge.ts')).proveWork(signal),
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
    heedWakeUps(chat)
    watch(() => account.user?.id, chat.connect)
  })
  heedLeaving(chat.flush)
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
    .then(({ useTold }) => useTold().start(socket))
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
    .then(({ keepLog }) => {
      const storage = safeStorage(() => localStorage)
      keepLog({ chat, kept, storage, clock: browserClock, onLeaving: heedLeaving })
    })
    .catch(() => undefined)

  /** Over what it goes and how fast, for the curious. */
  async function probe() {
    const { probeLine } = await import('./client/measure-latency.ts')
    return probeLine(socket, chat.room.value, chat.log.value.cursor)
  }

  return { ...chat, kept, probe }
})
