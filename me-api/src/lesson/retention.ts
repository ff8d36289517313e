import type { Clock } from '../clock.ts'
import type { OneAtATime } from '../db/one-at-a-time.ts'
import type { LessonStore } from './lesson.store.ts'

/** Milliseconds for which the lesson's messages are kept, and those between two removals. */
const KEPT = 3_600_000
const EVERY = 60_000

type Parts = {
  store: Pick<LessonStore, 'removeSentBefore'>
  clock: Clock
  oneAtATime: OneAtATime
  onFault: (error: unknown) => void
}

/** Removes what was said in the lesson more than an hour ago, every minute. Resolves once it has done so for the first time. */
export async function startRetention({ store, clock, oneAtATime, onFault }: Parts): Promise<void> {
  async function removeRegularly(): Promise<void> {
    await oneAtATime('lesson', () => store.removeSentBefore(clock.now() - KEPT)).catch(onFault)
    clock.after(EVERY, removeRegularly)
  }

  await removeRegularly()
}
