import { useDocumentVisibility } from '@vueuse/core'
import { computed } from 'vue'
import { doesWebSocketWork } from '../api/websocket-check.ts'
import { browserClock } from '../platform/clock.ts'
import { useChat } from './chat.store.ts'
import { sharePolling } from './client/polling-tabs.ts'
import { useNotifications } from './notifications/notifications.store.ts'

/** Called once, when the chat has started: its tabs share the browser's connections while they poll. */
export function startPollingTabs(): void {
  const visibility = useDocumentVisibility()
  const notifications = useNotifications()
  sharePolling({
    chat: useChat(),
    isHidden: () => visibility.value === 'hidden',
    // Without locks every tab notifies, and they would all keep their connections.
    keeps: computed(() => notifications.isNotifier && navigator.locks !== undefined),
    doesWebSocketWork,
    clock: browserClock,
  })
}
