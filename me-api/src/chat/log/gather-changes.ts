import type { Change } from '../../contract/index.ts'
import { SILENCE, windowAfter } from './room-log.ts'

/**
 * Gathers what other nodes have committed as the group commit gathers writes: what comes within a window, as long as
 * the last Changes took to pass on, is one Change per room, and one frame per reader. The first one after a quiet moment
 * is passed on at once, and so is this node's own, together with what it follows.
 */
export function gatherChanges(publish: (change: Change) => void) {
  let held: Change[] = []
  let window: NodeJS.Timeout | null = null
  let quietAt = 0
  let endedAt = -Infinity

  function heard(change: Change): void {
    held.push(change)
    if (window) return
    const wait = quietAt - performance.now()
    if (wait <= 0) passOn()
    else window = setTimeout(passOn, wait).unref()
  }

  function passOn(): void {
    if (window) clearTimeout(window)
    window = null
    const changes = held
    held = []
    const began = performance.now()
    joined(changes).forEach(publish)
    const isSingle = changes.length === 1 && began - endedAt > SILENCE
    endedAt = performance.now()
    quietAt = endedAt + (isSingle ? 0 : windowAfter(endedAt - began))
  }

  return {
    heard,
    /** Passes on a Change of this node. */
    committed(change: Change): void {
      held.push(change)
      passOn()
    },
  }
}

/** Joins the Changes of a room of which one begins where another ends. */
function joined(changes: Change[]): Change[] {
  if (changes.length === 1) return changes
  const all: Change[] = []
  const latest = new Map<string, number>()
  for (const change of changes.toSorted((one, other) => one.from - other.from)) {
    const index = latest.get(change.room)
    const before = index === undefined ? undefined : all[index]
    if (before?.to === change.from && !before.reset && !change.reset) all[index!] = join(before, change)
    else latest.set(change.room, all.push(change) - 1)
  }
  return all
}

/** A message that was changed again is there once, as it is now. */
function join(one: Change, next: Change): Change {
  const changed = new Set(next.messages.map(({ id }) => id))
  const messages = [...one.messages.filter(({ id }) => !changed.has(id)), ...next.messages]
  return { room: one.room, from: one.from, to: next.to, messages }
}
