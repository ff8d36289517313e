import type { Interchange } from '../nodes/interchange.ts'
import type { Signals } from './signals.ts'

/** The signals that concern connections on every node; the others are told by each node from what it knows. */
const SHARED = [
  'notice',
  'banNotice',
  'personBanned',
  'identityEnded',
  'botTokenReplaced',
  'renamed',
  'conversationChanged',
  'addressesBanned',
] as const satisfies (keyof Signals)[]

/** Runs a task that emits signals for the connections of this node alone. */
export type OnlyHere = (emit: () => void) => void

/** Emits on every node what one of them emits, except in `onlyHere`. */
export function shareSignals(signals: Signals, interchange: Interchange): { onlyHere: OnlyHere } {
  let isRelayed = false
  function onlyHere(emit: () => void): void {
    isRelayed = true
    emit()
    isRelayed = false
  }

  for (const name of SHARED)
    signals[name].subscribe((data) => {
      if (!isRelayed) interchange.send('signal', { name, data } as never)
    })

  interchange.on('signal', ({ name, data }) => onlyHere(() => signals[name].emit(data as never)))
  return { onlyHere }
}
