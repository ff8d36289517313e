import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

/** Something done that can still be undone; `until` in milliseconds since 1970. */
export type UndoEntry = { key: number; words: string; until: number; undo: () => Promise<void> }

type Doing = {
  /** The id of whom it concerns. */
  about: string
  words: string
  undo: () => Promise<void>
  /** What waits until it can no longer be undone. */
  then?: () => Promise<unknown>
  /** The same, where the page goes away before. */
  atOnce?: () => void
}

/** Milliseconds in which it can be undone. */
const UNDO_FOR = 10_000

/** What the hand has just done, each for ten seconds, with the way back. */
export function createUndoStack({ clock, onFault }: { clock: Clock; onFault: (error: unknown) => void }) {
  const deeds = shallowRef<readonly UndoEntry[]>([])
  const waiting = new Map<number, Doing & { stop: () => void }>()
  let keys = 0

  /** What was done before about the same person stands: one "Undo" must not take back half of another. */
  function add(doing: Doing): void {
    for (const [key, { about }] of [...waiting]) if (about === doing.about) finish(key)
    const key = ++keys
    waiting.set(key, { ...doing, stop: clock.after(UNDO_FOR, () => finish(key)) })
    const undo = async () => {
      drop(key)
      await doing.undo().catch(onFault)
    }
    deeds.value = [...deeds.value, { key, words: doing.words, until: clock.now() + UNDO_FOR, undo }]
  }

  function finish(key: number): void {
    const doing = waiting.get(key)
    drop(key)
    void doing?.then?.().catch(onFault)
  }

  /** Whatever waits about somebody does not come any more. */
  function forget(person: string): void {
    for (const [key, { about }] of [...waiting]) if (about === person) drop(key)
  }

  function drop(key: number): void {
    waiting.get(key)?.stop()
    waiting.delete(key)
    deeds.value = deeds.value.filter((deed) => deed.key !== key)
  }

  /** The page goes away: what was waiting is done now. */
  function flush(): void {
    for (const [key, { atOnce }] of [...waiting]) {
      if (!atOnce) continue
      drop(key)
      atOnce()
    }
  }

  return { deeds, add, forget, flush }
}
