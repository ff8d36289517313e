import type { Ack, ErrorCode, Message } from 'me-api/contract'
import { shallowRef } from 'vue'
import type { Clock } from '../clock.ts'

/** `undoable`: nobody has been told yet. `leaving`: it is on its way and cannot be called back. */
export type Removal = 'undoable' | 'leaving'

type Parts = {
  /** Undefined where no answer came. */
  ask: (message: { id: string }) => Promise<Ack<Message> | undefined>
  learn: (message: Message) => void
  refuse: (why: ErrorCode) => void
  clock: Clock
}

/** Milliseconds in which a removal can be undone. */
const UNDO_FOR = 5_000
/** Milliseconds before an unanswered removal is sent again. */
const RETRY = 3_000
const again: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RATE_LIMITED', 'UNAVAILABLE'])

/** Messages on their way out: out of sight at once, removed for everybody a little later. */
export function createRemovals({ ask, learn, refuse, clock }: Parts) {
  const removals = shallowRef<ReadonlyMap<string, Removal>>(new Map())
  const timers = new Map<string, () => void>()

  function remove(id: string): void {
    if (removals.value.has(id)) return
    set(id, 'undoable')
    timers.set(
      id,
      clock.after(UNDO_FOR, () => void leave(id)),
    )
  }

  function undo(id: string): void {
    if (removals.value.get(id) !== 'undoable') return
    stop(id)
    set(id, undefined)
  }

  /** The page goes away: what could still be undone is sent now. */
  function flush(): void {
    for (const [id, state] of removals.value) if (state === 'undoable') void leave(id)
  }

  async function leave(id: string): Promise<void> {
    stop(id)
    set(id, 'leaving')
    const answer = await ask({ id })
    if (answer?.ok) learn(answer.data)
    else if (!answer || again.has(answer.error.code)) return later(id, answer?.error.retryAfter)
    // Somebody else was quicker: all the same.
    else if (answer.error.code !== 'NOT_FOUND') refuse(answer.error.code)
    set(id, undefined)
  }

  function later(id: string, seconds?: number): void {
    clock.after(seconds === undefined ? RETRY : seconds * 1_000, () => void leave(id))
  }

  function stop(id: string): void {
    timers.get(id)?.()
    timers.delete(id)
  }

  function set(id: string, now: Removal | undefined): void {
    const next = new Map(removals.value)
    if (now) next.set(id, now)
    else next.delete(id)
    removals.value = next
  }

  return { removals, remove, undo, flush }
}
