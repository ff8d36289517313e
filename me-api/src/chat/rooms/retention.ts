import type { Clock } from '../../clock.ts'
import type { RoomsStore } from './rooms.store.ts'

const DAY = 24 * 3_600_000
/** Milliseconds between two looks. */
const EVERY = 3_600_000
/** Messages removed in one transaction, so that writers wait only a moment. */
const AT_ONCE = 500

type Parts = {
  store: RoomsStore
  clock: Clock
  days: number
  onFault: (error: unknown) => void
}

/** Removes for good what is older than so many days, at the start and every hour; 0 keeps everything. */
export function createRetention({ store, clock, days, onFault }: Parts) {
  async function removeOld(): Promise<void> {
    for (const { name } of await store.list()) {
      let removed = AT_ONCE
      while (removed === AT_ONCE)
        removed = await store.removeSentBefore(name, clock.now() - days * DAY, AT_ONCE)
    }
  }

  async function removeNowAndThen(): Promise<void> {
    await removeOld().catch(onFault)
    clock.after(EVERY, () => void removeNowAndThen())
  }

  return {
    start: (): Promise<void> => (days === 0 ? Promise.resolve() : removeNowAndThen()),
  }
}
