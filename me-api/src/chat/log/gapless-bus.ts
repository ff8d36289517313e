import { CATCH_UP_MAX, type Change } from '../../contract/index.ts'
import { type Bus, createLocalBus } from './bus.ts'

type Parts = {
  bus: Bus
  read: (room: string, after: number, limit: number) => Promise<Change>
  onFault: (error: unknown) => void
}

/**
 * A bus whose Changes join end to end in each room, also where another program wrote in between, such as an import:
 * the first Change after it begins where the last one ended, and carries what came between. Readers would ask for it
 * themselves; this saves each of them the asking. Where it is too much for a frame, they do ask.
 */
export function createGaplessBus({
  bus,
  read,
  onFault,
}: Parts): Bus & { start: (rooms: { name: string; rev: number }[]) => void } {
  const readers = createLocalBus(onFault)
  /** How far each room has been told. */
  const told = new Map<string, number>()
  let last: Promise<void> = Promise.resolve()
  let waiting = 0

  function tell(change: Change): void {
    told.set(change.room, Math.max(change.to, told.get(change.room) ?? 0))
    readers.publish(change)
  }

  const hasGap = ({ room, from }: Change): boolean => from > (told.get(room) ?? from)

  async function tellWithGap(change: Change): Promise<void> {
    const whole = hasGap(change) && (await read(change.room, told.get(change.room) ?? 0, CATCH_UP_MAX))
    tell(whole && !whole.reset ? whole : change)
  }

  bus.subscribe((change) => {
    if (waiting === 0 && !hasGap(change)) return tell(change)
    waiting++
    last = last
      .then(() => tellWithGap(change))
      .catch((error: unknown) => {
        onFault(error)
        tell(change)
      })
      .finally(() => waiting--)
  })

  return {
    publish: bus.publish,
    subscribe: readers.subscribe,
    start: (rooms) => rooms.forEach(({ name, rev }) => told.set(name, rev)),
  }
}
