import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

type Parts = { tell: (room: string, on: boolean) => void; clock: Pick<Clock, 'now'> }

/** Milliseconds between two typing events; without one the server forgets after 5 s (docs/contract.md §5). */
const SAY_EVERY = 3_000

/** Who is typing: reports this user's own state, seldom enough, and keeps that of the others. */
export function createTyping({ tell, clock }: Parts) {
  /** Nicks, this user's own among them. */
  const writers = shallowRef<readonly string[]>([])
  let said: { room: string; at: number } | undefined

  function started(room: string): void {
    if (said?.room !== room) stopped()
    if (said && clock.now() - said.at < SAY_EVERY) return
    said = { room, at: clock.now() }
    tell(room, true)
  }

  /** Called when the text was sent or removed, or the user has stopped typing. */
  function stopped(): void {
    if (said) tell(said.room, false)
    said = undefined
  }

  /** Without a connection, and in another room, nobody is shown as typing. */
  function forget(): void {
    said = undefined
    writers.value = []
  }

  return { writers, started, stopped, forget }
}

export type TypingIndicator = ReturnType<typeof createTyping>
