import type { Clock } from '../../clock.ts'
import type { Message } from '../../contract/index.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import { withoutPerson } from '../log/apply-write.ts'

/** Milliseconds during which the owner can restore a deleted message (docs/contract.md §5). */
export const RESTORABLE_FOR = 10_000

/** Milliseconds after which an erasure of another node counts as over, which may have ended without a word. */
const ERASED_WITHIN = 600_000

type Parts = { clock: Clock; interchange: Interchange }

/**
 * Keeps recently deleted messages in memory only, so that their text leaves the database at once: in that of every node,
 * because the owner may restore them on another one.
 */
export function createRecentlyDeleted({ clock, interchange }: Parts) {
  const kept = new Map<string, { message: Message; until: number }>()
  /** People whose erasure is running; their messages are not kept. */
  const erasing = new Set<string>()

  function forgetContentOf(personId: string): void {
    for (const [id, { message, until }] of kept) {
      if (message.author.id === personId) kept.delete(id)
      else kept.set(id, { message: withoutPerson(message, personId), until })
    }
  }

  function keep(message: Message): void {
    if (erasing.has(message.author.id)) return
    const entry = { message, until: clock.monotonic() + RESTORABLE_FOR }
    kept.set(message.id, entry)
    clock.after(RESTORABLE_FOR + 1, () => {
      if ((kept.get(message.id)?.until ?? Infinity) < clock.monotonic()) kept.delete(message.id)
    })
  }

  interchange.on('deleted', keep)
  interchange.on('erasing', ({ personId, isOver }) => {
    forgetContentOf(personId)
    if (isOver) return void erasing.delete(personId)
    erasing.add(personId)
    clock.after(ERASED_WITHIN, () => erasing.delete(personId))
  })

  return {
    keep(message: Message): void {
      keep(message)
      interchange.send('deleted', message)
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
      interchange.send('erasing', { personId, isOver: false })
      try {
        await erase()
      } finally {
        erasing.delete(personId)
        forgetContentOf(personId)
        interchange.send('erasing', { personId, isOver: true })
      }
    },
  }
}

export type RecentlyDeleted = ReturnType<typeof createRecentlyDeleted>
