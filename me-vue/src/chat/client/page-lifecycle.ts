type Sleeper = {
  /** Checks the connection, or connects. */
  wake: () => void
  /** Connects anew, whatever was going on. */
  connect: () => void
}

/** Everything by which a browser shows that the connection may no longer be what it was. */
export function onPageWake({ wake, connect }: Sleeper): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake()
  })
  // Out of the back/forward cache, where sockets are closed without a word.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) wake()
  })
  addEventListener('online', wake)
  // Whatever the browser believes of its network, an attempt shows what is true.
  addEventListener('offline', connect)
}

/** The last moments in which a page can still say something: phones give no other. */
export function onPageLeave(call: () => void): void {
  addEventListener('pagehide', call)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') call()
  })
}
