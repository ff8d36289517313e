import type { OutboxEntry } from '../../src/chat/outbox/outbox-entry.ts'
import type { OutboxStorage } from '../../src/chat/outbox/outbox-entries.ts'
import type { LeaderLock } from '../../src/chat/outbox/leader-lock.ts'
import type { News, TabChannel } from '../../src/chat/outbox/tab-channel.ts'

/** What the tabs of one browser share: the stored entries, a channel between them, and one lock. */
export function browser() {
  const kept = new Map<string, OutboxEntry>()
  const listeners = new Set<(news: News) => void>()
  const waiting: { tab: object; gained: () => void; lost: () => void }[] = []
  const state = { full: false }

  const ifRoom = async <T>(act: () => T): Promise<T> => {
    if (state.full) throw new DOMException('no room', 'QuotaExceededError')
    return act()
  }
  const storage: OutboxStorage = {
    all: async () => [...kept.values()],
    put: (entry) => ifRoom(() => void kept.set(entry.key, entry)),
    change: (entry) => ifRoom(() => void (kept.has(entry.key) && kept.set(entry.key, entry))),
    drop: async (key) => void kept.delete(key),
  }

  function openTab() {
    const tab = {}
    let listener: ((news: News) => void) | undefined
    const tabs: TabChannel = {
      tell(news) {
        for (const other of listeners) if (other !== listener) queueMicrotask(() => other(news))
      },
      hear(wanted) {
        listeners.add((listener = wanted))
      },
    }
    function letGo(): void {
      const place = waiting.findIndex((one) => one.tab === tab)
      if (place >= 0) waiting.splice(place, 1)
      if (place === 0) waiting[0]?.gained()
    }
    const leaderLock: LeaderLock = {
      letGo,
      want(gained, lost) {
        letGo()
        waiting.push({ tab, gained, lost })
        if (waiting.length === 1) gained()
      },
      steal(gained, lost) {
        letGo()
        const robbed = waiting.shift()
        waiting.unshift({ tab, gained, lost })
        gained()
        robbed?.lost()
      },
    }
    /** The tab neither receives nor sends anything any more, and keeps the lock. */
    const suspend = () => void listeners.delete(listener!)
    const close = () => (suspend(), letGo())
    return { tabs, leaderLock, suspend, close }
  }

  return { storage, openTab, kept, state }
}
