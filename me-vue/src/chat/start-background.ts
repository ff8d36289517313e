import { loadMessages } from '../i18n.ts'
import { useChat } from './chat.store.ts'
import { useConnectionHistory } from './connection-status/connection-history.store.ts'
import { useNotifications } from './notifications/notifications.store.ts'

/** What the chat does beside showing a room; loaded after the first messages, which do not wait for it. */
export function startBackground(): void {
  useNotifications().start(useChat().socket)
  useConnectionHistory()
  // Needed most when nothing can be fetched any more.
  void Promise.all([import('./connection-status/ConnectionPanel.vue'), loadMessages('controls')]).catch(
    () => undefined,
  )
}
