import { ref, type Ref } from 'vue'
import { createLeaderLock } from '../outbox/leader-lock.ts'

/**
 * Whether this tab is the one that notifies; when it is closed, the next one is. Without locks every tab notifies:
 * twice is better than never.
 */
export function claimNotifierLock(locks: LockManager | undefined = navigator.locks): Readonly<Ref<boolean>> {
  const held = ref(false)
  createLeaderLock(locks, 'me.chat.telling').want(
    () => (held.value = true),
    () => (held.value = false),
  )
  return held
}
