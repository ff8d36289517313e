import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { type OneAtATime, byOnlyNode } from '../../db/one-at-a-time.ts'
import type { VisitorsStore } from './visitors.store.ts'

const HOUR = 3_600_000
/** Milliseconds between two sweeps, and before the first one. */
const EVERY = HOUR
/** Milliseconds after which a visitor without messages is deleted. */
const SILENT_KEPT = 7 * 24 * HOUR
/** Beyond this number of visitors, those without messages are deleted after an hour, the longest unseen first. */
const VISITORS_MAX = 100_000
/** Rows per query, so that writers wait only briefly. */
const AT_ONCE = 500

type Parts = {
  store: Pick<VisitorsStore, 'lastSeenOf' | 'seenBefore' | 'forgetSilent'>
  clock: Clock
  oneAtATime?: OneAtATime
  onFault: (error: unknown) => void
  visitorsMax?: number
}

/**
 * Deletes visitors who never wrote and have been away for days, because nicks are free and the table would only grow.
 * Their tokens still connect, without the nick.
 */
export function createVisitorSweep({
  store,
  clock,
  oneAtATime = byOnlyNode,
  onFault,
  visitorsMax = VISITORS_MAX,
}: Parts) {
  async function sweep(): Promise<void> {
    const now = clock.now()
    const beyondMax = Math.min((await store.lastSeenOf(visitorsMax)) ?? 0, now - HOUR)
    const before = Math.max(now - SILENT_KEPT, beyondMax)
    for (let after = { seen_at: 0, id: '' }; ;) {
      const rows = await store.seenBefore(before, after, AT_ONCE)
      const last = rows.at(-1)
      if (!last) return
      await store.forgetSilent(
        rows.map(({ id }) => id),
        before,
      )
      after = last
      await nextTurn()
    }
  }

  function scheduleSweep(): void {
    clock.after(EVERY, () => oneAtATime('visitor sweep', sweep).catch(onFault).finally(scheduleSweep))
  }

  return { sweep, start: scheduleSweep }
}
