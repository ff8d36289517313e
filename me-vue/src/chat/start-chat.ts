import { defineStore } from 'pinia'
import { watch, watchEffect } from 'vue'
import { useAccount } from '../accounts/account.store.ts'
import { TOKEN } from '../api/visitor-token.ts'
import { usePresence } from '../presence/presence.store.ts'
import { browserClock } from '../platform/clock.ts'
import { browserStorage } from '../platform/browser-storage.ts'
import { useChat } from './chat.store.ts'
import { loadControlMessages } from './control-messages.ts'
import { onPageLeave, onPageWake } from './client/page-lifecycle.ts'

/** Connects the chat when its page is first opened. A store, so that it runs once and outlives the page. */
export const startChat = defineStore('chat-start', () => {
  const account = useAccount()
  const presence = usePresence()
  const chat = useChat()
  presence.chatCounts = true

  // Not before it is known whether there is a session: that decides the identity of the connection.
  void account.restore().finally(() => {
    chat.connect()
    onPageWake(chat)
    watch(() => account.user?.id, chat.connect)
  })
  onPageLeave(chat.flush)
  // Another tab has chosen a nick, and this tab is the same person.
  addEventListener('storage', ({ key }) => {
    if (key === TOKEN && chat.needsNick) chat.connect()
  })

  watchEffect(() => {
    presence.live = chat.connection.is === 'live'
    if (!presence.live) return
    const ownerHere = chat.people.some(({ role }) => role === 'owner')
    presence.set({ total: chat.total, ownerHere, selfHere: Boolean(chat.self?.nick) })
  })

  // Who is there is not known any more, until the next answer over REST or the next connection. A connection that never
  // was live may have failed because the server is gone.
  watch(
    () => chat.connection.is,
    (is, was) => {
      if (was === 'live') presence.set({ ownerHere: false })
      if (is === 'reconnecting' || is === 'offline') void presence.refresh()
    },
  )

  /** Resolves once there is something to read, or nothing to wait for. */
  const settled = new Promise<void>((resolve) => {
    watchEffect(() => {
      if (chat.log.cursor !== null || !['connecting', 'live'].includes(chat.connection.is)) resolve()
    })
  })
  // Each by itself: without a network only the log kept for offline can be loaded.
  void settled.then(() =>
    Promise.allSettled([
      import('./client/offline-log.ts').then((part) =>
        part.keepOfflineLog({ chat, storage: browserStorage, clock: browserClock, onLeaving: onPageLeave }),
      ),
      import('./notifications/notifications.store.ts').then((part) =>
        part.useNotifications().start(chat.socket),
      ),
      import('./conversations/tell-use.ts').then((part) =>
        part.tellUse({ clock: browserClock, setIdle: chat.setIdle }),
      ),
      import('./start-polling-tabs.ts').then((part) => part.startPollingTabs()),
      // Needed most when nothing can be fetched any more.
      import('./connection-status/ConnectionPanel.vue'),
      loadControlMessages(),
    ]),
  )

  return {}
})
