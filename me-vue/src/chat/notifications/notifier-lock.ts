/** Whether this tab is the one that notifies; when it is closed, the next one is. */
export function claimNotifierLock(): () => boolean {
  // Without locks, on an address that is not secure, every tab notifies: twice is better than never.
  let held = !('locks' in navigator)
  if (!held) {
    void navigator.locks.request('me.chat.telling', () => {
      held = true
      return new Promise(() => {})
    })
  }
  return () => held
}
