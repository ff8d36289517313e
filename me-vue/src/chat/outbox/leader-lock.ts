/** Elects the one tab that sends. */
export type LeaderLock = {
  /** Calls `gained` once this tab has the lock, and `lost` when another tab has taken it. */
  want: (gained: () => void, lost: () => void) => void
  letGo: () => void
  /** Takes it from the tab that has it. */
  steal: (gained: () => void, lost: () => void) => void
}

/**
 * The tab that holds the Web Lock. Without locks, on an address that is not secure, every tab sends: the ids make
 * one message of what goes out twice.
 */
export function createLeaderLock(locks: LockManager | undefined, name = 'me.chat.outbox'): LeaderLock {
  let asked: AbortController | undefined
  let release = () => {}

  function ask(gained: () => void, lost: () => void, steal: boolean): void {
    letGo()
    if (!locks) return gained()
    const mine = (asked = new AbortController())
    const options = steal ? { steal } : { signal: mine.signal }
    const held = locks.request(name, options, () => {
      if (mine !== asked) return
      gained()
      return new Promise<void>((done) => (release = done))
    })
    held.catch((error: unknown) => {
      if (mine !== asked) return
      if ((error as Error).name === 'AbortError') lost()
      // Locks are there and forbidden.
      else gained()
    })
  }

  function letGo(): void {
    asked?.abort()
    asked = undefined
    release()
    release = () => {}
  }

  return {
    want: (gained, lost) => ask(gained, lost, false),
    steal: (gained, lost) => ask(gained, lost, true),
    letGo,
  }
}
