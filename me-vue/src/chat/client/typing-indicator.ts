import { shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'

type Parts = { tell: (room: string, on: boolean) => void; clock: Pick<Clock, 'now'> }

/** Milliseconds between two typing events; without one the server forgets after 5 s (docs/contract.md §5). */
const SAY_EVERY = 3_000

/** Who is writing: says it of oneself, seldom enough, and keeps what is heard of others. */
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

  /** Emptied, sent, or left alone. */
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
