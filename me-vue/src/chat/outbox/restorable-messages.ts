import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

/** Milliseconds in which the server can bring back what the owner has deleted (docs/contract.md §5). */
const RESTORABLE_FOR = 10_000

/** What the owner has just deleted: everybody sees that at once, and for a while it can be brought back. */
export function createRestorableMessages({ clock }: { clock: Clock }) {
  const ids = shallowRef<ReadonlySet<string>>(new Set())
  const ends = new Map<string, () => void>()

  function begin(id: string): void {
    ids.value = new Set(ids.value).add(id)
    ends.get(id)?.()
    ends.set(
      id,
      clock.after(RESTORABLE_FOR, () => end(id)),
    )
  }

  function end(id: string): void {
    ends.get(id)?.()
    ends.delete(id)
    ids.value = new Set([...ids.value].filter((one) => one !== id))
  }

  return { ids, begin, end }
}
