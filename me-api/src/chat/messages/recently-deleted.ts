import type { Clock } from '../../clock.ts'
import type { Message } from '../../contract/index.ts'
import { withoutPerson } from '../log/apply-write.ts'

/** Milliseconds in which the owner can bring a deleted message back (docs/contract.md §5). */
export const RESTORABLE_FOR = 10_000

/** Keeps the messages that the owner has just deleted, in memory only, so that the database no longer has the words. */
export function createRecentlyDeleted({ clock }: { clock: Clock }) {
  const kept = new Map<string, { message: Message; until: number }>()
  /** People whose erasure runs; their messages are not kept. */
  const erasing = new Set<string>()

  function forgetWordsOf(personId: string): void {
    for (const [id, { message, until }] of kept) {
      if (message.author.id === personId) kept.delete(id)
      else kept.set(id, { message: withoutPerson(message, personId), until })
    }
  }

  return {
    keep(message: Message): void {
      if (erasing.has(message.author.id)) return
      const entry = { message, until: clock.now() + RESTORABLE_FOR }
      kept.set(message.id, entry)
      clock.after(RESTORABLE_FOR + 1, () => {
        if ((kept.get(message.id)?.until ?? Infinity) < clock.now()) kept.delete(message.id)
      })
    },

    /** The message before its deletion; null where it is kept no longer. */
    recall(id: string): Message | null {
      const entry = kept.get(id)
      return entry && entry.until >= clock.now() ? entry.message : null
    },

    forget: (id: string): void => void kept.delete(id),

    /** Runs an erasure, during and after which none of that person's messages and reactions can be restored. */
    async whileErasing(personId: string, erase: () => Promise<void>): Promise<void> {
      erasing.add(personId)
      forgetWordsOf(personId)
      try {
        await erase()
      } finally {
        erasing.delete(personId)
        forgetWordsOf(personId)
      }
    },
  }
}

export type RecentlyDeleted = ReturnType<typeof createRecentlyDeleted>
