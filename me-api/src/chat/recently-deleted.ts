import type { Clock } from '../clock.ts'
import type { Message } from '../contract/index.ts'
import { withoutPerson } from './writes.ts'

/** Milliseconds in which the owner can bring a deleted message back (contract §5). */
const RESTORABLE_FOR = 10_000

/**
 * What the owner has just deleted, as it was: in memory only, so that the words are out of the database at once and
 * gone with the process.
 */
export function createRecentlyDeleted({ clock }: { clock: Clock }) {
  const kept = new Map<string, { message: Message; until: number }>()
  /** People whose words are being erased: nothing of theirs is kept meanwhile. */
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

    /** The message as it was; null where it is too late. */
    recall(id: string): Message | null {
      const entry = kept.get(id)
      return entry && entry.until >= clock.now() ? entry.message : null
    },

    forget: (id: string): void => void kept.delete(id),

    /** Nothing that somebody had erased comes back, neither their words nor their reactions. */
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
