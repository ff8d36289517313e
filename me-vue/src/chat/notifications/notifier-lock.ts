/** True from when this tab is the one of all that tells; the next one is when this one is closed. */
export function claimNotifierLock(): () => boolean {
  // Without locks, on an address that is not secure, every tab tells: twice is better than never.
  let mine = !('locks' in navigator)
  if (!mine) {
    void navigator.locks.request('me.chat.telling', () => {
      mine = true
      return new Promise(() => {})
    })
  }
  return () => mine
}
