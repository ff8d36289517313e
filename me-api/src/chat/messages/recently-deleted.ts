import type { Clock } from '../../clock.ts'
import type { Message } from '../../contract/index.ts'
import { withoutPerson } from '../log/apply-write.ts'

/** Milliseconds during which the owner can restore a deleted message (docs/contract.md §5). */
export const RESTORABLE_FOR = 10_000

/** Keeps recently deleted messages in memory only, so that their text leaves the database at once. */
export function createRecentlyDeleted({ clock }: { clock: Clock }) {
  const kept = new Map<string, { message: Message; until: number }>()
  /** People whose erasure is running; their messages are not kept. */
  const erasing = new Set<string>()

  function forgetContentOf(personId: string): void {
    for (const [id, { message, until }] of kept) {
      if (message.author.id === personId) kept.delete(id)
      else kept.set(id, { message: withoutPerson(message, personId), until })
    }
  }

  return {
    keep(message: Message): void {
      if (erasing.has(message.author.id)) return
      const entry = { message, until: clock.monotonic() + RESTORABLE_FOR }
      kept.set(message.id, entry)
      clock.after(RESTORABLE_FOR + 1, () => {
        if ((kept.get(message.id)?.until ?? Infinity) < clock.monotonic()) kept.delete(message.id)
      })
    },

    /** Returns the message as it was before its deletion, or null once it is forgotten. */
    recall(id: string): Message | null {
      const entry = kept.get(id)
      return entry && entry.until >= clock.monotonic() ? entry.message : null
    },

    forget: (id: string): void => void kept.delete(id),

    /** Runs an erasure. During and after it, none of the person's messages and reactions can be restored. */
    async whileErasing(personId: string, erase: () => Promise<void>): Promise<void> {
      erasing.add(personId)
      forgetContentOf(personId)
      try {
        await erase()
      } finally {
        erasing.delete(personId)
        forgetContentOf(personId)
      }
    },
  }
}

export type RecentlyDeleted = ReturnType<typeof createRecentlyDeleted>
