type Sleeper = {
  /** Checks the connection, or connects. */
  wake: () => void
  /** Connects anew, in any state. */
  connect: () => void
}

/** Everything by which a browser shows that the connection may no longer be what it was. */
export function onPageWake({ wake, connect }: Sleeper): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake()
  })
  // Out of the back/forward cache, where sockets are closed without an event.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) wake()
  })
  addEventListener('online', wake)
  // The browser may be wrong about its network; an attempt shows what is true.
  addEventListener('offline', connect)
}

/** Calls at the last events in which a page can still send something: phones fire no later ones. */
export function onPageLeave(call: () => void): void {
  addEventListener('pagehide', call)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') call()
  })
}
