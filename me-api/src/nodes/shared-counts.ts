import type { Clock } from '../clock.ts'
import type { Interchange } from './interchange.ts'
import type { NodeMessages } from './node-messages.ts'

/** Milliseconds in which changes share a message to the other nodes, and keys in one of them. */
const TOLD_EVERY = 20
const AT_ONCE = 1_000

/** The messages that carry counts. */
type Kind = {
  [Name in keyof NodeMessages]: NodeMessages[Name] extends NodeMessages['connections'] ? Name : never
}[keyof NodeMessages]

type Parts = {
  interchange: Interchange
  clock: Clock
  kind: Kind
  /** Called with a key whose count has changed on another node. */
  onChanged?: (key: string) => void
}

/** Counts what is open at this moment by key, over all nodes. A node that is gone counts nothing. */
export function createSharedCounts({ interchange, clock, kind, onChanged = () => {} }: Parts) {
  const here = new Map<string, number>()
  /** The counts of each other node. */
  const elsewhere = new Map<string, Map<string, number>>()
  /** The keys whose count the other nodes do not know yet. */
  const untold = new Set<string>()
  let cancel: (() => void) | null = null

  function tell(keys: Iterable<string>, isAll: boolean): void {
    const counts = [...keys].map((key): [string, number] => [key, here.get(key) ?? 0])
    for (let start = 0; start === 0 || start < counts.length; start += AT_ONCE)
      interchange.send(kind, { isAll: isAll && start === 0, open: counts.slice(start, start + AT_ONCE) })
  }

  function tellUntold(): void {
    cancel = null
    tell(untold, false)
    untold.clear()
  }

  function changed(key: string): void {
    if (!interchange.isShared) return
    untold.add(key)
    cancel ??= clock.after(TOLD_EVERY, tellUntold)
  }

  interchange.on(kind, ({ isAll, open }, node) => {
    const before = elsewhere.get(node) ?? new Map<string, number>()
    const counts = isAll ? new Map<string, number>() : before
    elsewhere.set(node, counts)
    for (const [key, count] of open)
      if (count > 0) counts.set(key, count)
      else counts.delete(key)
    for (const key of new Set([...open.map(([key]) => key), ...(isAll ? before.keys() : [])])) onChanged(key)
  })
  interchange.onMeeting(() => tell(here.keys(), true))
  interchange.onGone((node) => {
    const keys = elsewhere.get(node)?.keys() ?? []
    elsewhere.delete(node)
    for (const key of keys) onChanged(key)
  })

  return {
    /** Returns what is open on all nodes. */
    of(key: string): number {
      let count = here.get(key) ?? 0
      for (const counts of elsewhere.values()) count += counts.get(key) ?? 0
      return count
    },

    /** Counts one more; the returned function counts it off. */
    add(key: string): () => void {
      here.set(key, (here.get(key) ?? 0) + 1)
      changed(key)
      return () => {
        const left = (here.get(key) ?? 0) - 1
        if (left > 0) here.set(key, left)
        else here.delete(key)
        changed(key)
      }
    },
  }
}
