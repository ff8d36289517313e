import type { Clock } from '../../clock.ts'
import type { OneAtATime } from '../../db/one-at-a-time.ts'
import type { RoomsStore } from './rooms.store.ts'

const DAY = 24 * 3_600_000
/** Milliseconds between two runs. */
const EVERY = 3_600_000

type Parts = {
  store: RoomsStore
  clock: Clock
  days: number
  oneAtATime: OneAtATime
  onFault: (error: unknown) => void
}

/** Permanently removes messages older than `days`, at the start and every hour; 0 keeps everything. */
export function createRetention({ store, clock, days, oneAtATime, onFault }: Parts) {
  async function removeOld(): Promise<void> {
    for (const { name } of await store.all()) await store.removeSentBefore(name, clock.now() - days * DAY)
  }

  async function removeRegularly(): Promise<void> {
    await oneAtATime('retention', removeOld).catch(onFault)
    clock.after(EVERY, removeRegularly)
  }

  return {
    start: (): Promise<void> => (days === 0 ? Promise.resolve() : removeRegularly()),
  }
}
