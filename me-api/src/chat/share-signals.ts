import type { Interchange } from '../nodes/interchange.ts'
import type { Signals } from './signals.ts'

/** The signals that concern connections on every node; the others are told by each node from what it knows. */
const SHARED = [
  'notice',
  'banNotice',
  'personBanned',
  'identityEnded',
  'renamed',
  'addressesBanned',
] as const satisfies (keyof Signals)[]

/** Emits on every node what one of them emits. */
export function shareSignals(signals: Signals, interchange: Interchange): void {
  let isRelayed = false
  for (const name of SHARED)
    signals[name].subscribe((data) => {
      if (!isRelayed) interchange.send('signal', { name, data } as never)
    })

  interchange.on('signal', ({ name, data }) => {
    isRelayed = true
    signals[name].emit(data as never)
    isRelayed = false
  })
}
