import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

/** Something done that can still be undone; `until` in milliseconds since 1970. */
export type UndoEntry = { key: number; words: string; until: number; undo: () => Promise<void> }

type Doing = {
  /** The id of the person or message concerned. */
  about: string
  words: string
  undo: () => Promise<void>
  /** Runs once the action can no longer be undone. */
  then?: () => Promise<unknown>
  /** Runs instead of `then` if the page is closed before. */
  atOnce?: () => void
}

/** Milliseconds in which an action can be undone. */
const UNDO_FOR = 10_000

/** The moderation actions of the last ten seconds, each with its undo function. */
export function createUndoStack({ clock, onFault }: { clock: Clock; onFault: (error: unknown) => void }) {
  const entries = shallowRef<readonly UndoEntry[]>([])
  const waiting = new Map<number, Doing & { stop: () => void }>()
  let keys = 0

  /** Earlier actions on the same person become final: one "Undo" must not revert half of another. */
  function add(doing: Doing): void {
    for (const [key, { about }] of [...waiting]) if (about === doing.about) finish(key)
    const key = ++keys
    waiting.set(key, { ...doing, stop: clock.after(UNDO_FOR, () => finish(key)) })
    const undo = async () => {
      drop(key)
      await doing.undo().catch(onFault)
    }
    entries.value = [...entries.value, { key, words: doing.words, until: clock.now() + UNDO_FOR, undo }]
  }

  function finish(key: number): void {
    const doing = waiting.get(key)
    drop(key)
    void doing?.then?.().catch(onFault)
  }

  /** Cancels everything that waits for a person. */
  function forget(person: string): void {
    for (const [key, { about }] of [...waiting]) if (about === person) drop(key)
  }

  function drop(key: number): void {
    waiting.get(key)?.stop()
    waiting.delete(key)
    entries.value = entries.value.filter((entry) => entry.key !== key)
  }

  /** Called when the page is closed: runs what was waiting. */
  function flush(): void {
    for (const [key, { atOnce }] of [...waiting]) {
      if (!atOnce) continue
      drop(key)
      atOnce()
    }
  }

  return { entries, add, forget, flush }
}
