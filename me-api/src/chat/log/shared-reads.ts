import type { Change } from '../../contract/index.ts'
import type { Bus } from './bus.ts'

type Read = (room: string, after: number | null, limit: number) => Promise<Change>

/**
 * Lets callers share one read of the log that is under way, as a Change wakes all who wait at the same cursor at once. A
 * Change ends the sharing, because the read may lack it. So this must subscribe to the bus before the readers do.
 */
export function shareReads({ bus, read }: { bus: Bus; read: Read }): Read {
  const underWay = new Map<string, Map<string, Promise<Change>>>()
  bus.subscribe(({ room }) => void underWay.delete(room))

  return function readShared(room, after, limit) {
    const alike = underWay.get(room) ?? new Map<string, Promise<Change>>()
    underWay.set(room, alike)
    const key = `${after} ${limit}`
    const known = alike.get(key)
    if (known) return known
    const mine = read(room, after, limit).finally(() => {
      alike.delete(key)
      if (alike.size === 0 && underWay.get(room) === alike) underWay.delete(room)
    })
    alike.set(key, mine)
    return mine
  }
}
