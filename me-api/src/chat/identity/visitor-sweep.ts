import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import type { VisitorsStore } from './visitors.store.ts'

const HOUR = 3_600_000
/** Milliseconds between two sweeps, and before the first. */
const EVERY = HOUR
/** Milliseconds after which a visitor who never wrote is forgotten. */
const SILENT_KEPT = 7 * 24 * HOUR
/** Beyond this number of visitors, those who never wrote are forgotten after an hour, the longest unseen first. */
const VISITORS_MAX = 100_000
/** Rows looked at in one go, so that writers wait only a moment. */
const AT_ONCE = 500

type Parts = {
  store: Pick<VisitorsStore, 'lastSeenOf' | 'seenBefore' | 'forgetSilent'>
  clock: Clock
  onFault: (error: unknown) => void
  visitorsMax?: number
}

/**
 * Deletes visitors who never wrote and have not come for days, as nicks are free and their rows would only grow. Their
 * tokens still connect, without the nick. Several nodes may sweep at once.
 */
export function createVisitorSweep({ store, clock, onFault, visitorsMax = VISITORS_MAX }: Parts) {
  async function sweep(): Promise<void> {
    const now = clock.now()
    const ofTooMany = Math.min((await store.lastSeenOf(visitorsMax)) ?? 0, now - HOUR)
    const before = Math.max(now - SILENT_KEPT, ofTooMany)
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

  function sweepNowAndThen(): void {
    clock.after(EVERY, () => void sweep().catch(onFault).finally(sweepNowAndThen))
  }

  return { sweep, start: sweepNowAndThen }
}
