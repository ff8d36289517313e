import type { Clock } from '../../clock.ts'
import type { Signals } from '../signals.ts'

/** Milliseconds for which an end is remembered: longer than a request or a handshake may take. */
const REMEMBERED = 60_000

type Parts = { signals: Pick<Signals, 'identityEnded'>; clock: Pick<Clock, 'after'> }

/**
 * The identities that ended a moment ago. Whoever was being let in at that time has shown a valid token or cookie before,
 * and has to be refused all the same.
 */
export function createEndedIdentities({ signals, clock }: Parts) {
  const ended = new Set<string>()

  signals.identityEnded.subscribe((id) => {
    ended.add(id)
    clock.after(REMEMBERED, () => ended.delete(id))
  })

  return { has: (id: string): boolean => ended.has(id) }
}

export type EndedIdentities = ReturnType<typeof createEndedIdentities>
